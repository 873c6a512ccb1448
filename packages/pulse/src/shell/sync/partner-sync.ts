import { UserError } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import type { SyncAnswer, SyncFile } from '@piranha/protocol';
import type { LoadedSettings } from '../load-settings.js';
import type { SyncHost } from './install-file.js';
import type { OrderHost, OrderSharing } from './order-sharing.js';
import type { SyncDesk } from './sync-desk.js';
import type { SyncCall, SyncListener } from './sync-listener.js';
import type { SyncLine } from './sync-tls.js';

interface PartnerSyncHost
  extends Omit<SyncHost, 'check'>,
    Partial<Pick<SyncHost, 'check'>>,
    Pick<OrderHost, 'lvsd' | 'partnerLife'> {}

interface Channel {
  readonly listener: SyncListener;
  readonly orders: OrderSharing;
}

/**
 * What the directors of a pair with a key share beside beats: lvs.cf, and orders about servers. Without a key nobody
 * listens, and nothing is loaded.
 */
export class PartnerSync {
  private channel: Channel | undefined;
  private opened: Promise<SyncDesk> | undefined;
  private refreshed = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly host: PartnerSyncHost,
    private readonly log: EventLog,
  ) {}

  /** Listens as the configuration in use says; one change after the other. */
  refresh(): Promise<void> {
    this.refreshed = this.refreshed.then(() => this.refreshNow());
    return this.refreshed;
  }

  async file(params: unknown): Promise<SyncFile> {
    return (await this.desk()).file(params);
  }

  async copy(params: unknown): Promise<SyncAnswer> {
    return (await this.desk()).copy(params);
  }

  close(): void {
    this.isClosed = true;
    this.channel?.orders.stop();
    this.channel?.listener.close();
  }

  private async refreshNow(): Promise<void> {
    const line = lineOf(this.host.loaded());
    if (line === undefined && this.channel === undefined) return;
    this.channel ??= await this.openChannel();
    if (this.isClosed) return;
    this.channel.orders.start();
    await this.channel.listener.change(line);
  }

  private async openChannel(): Promise<Channel> {
    const [{ SyncListener: Listener }, { OrderSharing: Sharing }] = await Promise.all([
      import('./sync-listener.js'),
      import('./order-sharing.js'),
    ]);
    const { lvsd, partnerLife, loaded } = this.host;
    const orders = new Sharing({ lvsd, partnerLife, line: () => lineOf(loaded()) }, this.log);
    const answer = async (call: SyncCall): Promise<unknown> =>
      call.method === 'orders' ? orders.serve(call.params) : (await this.desk()).serve(call);
    return { orders, listener: new Listener(this.log, answer) };
  }

  /** Loaded when it is needed: a director is seldom asked. */
  private desk(): Promise<SyncDesk> {
    this.opened ??= this.openDesk();
    return this.opened;
  }

  private async openDesk(): Promise<SyncDesk> {
    const [{ SyncDesk: Desk }, { checkBytes }] = await Promise.all([
      import('./sync-desk.js'),
      import('./check-file.js'),
    ]);
    return new Desk({ check: checkBytes, ...this.host }, this.log, () => requireLine(this.host.loaded()));
  }
}

function lineOf({ beat, paths, configuration }: LoadedSettings): SyncLine | undefined {
  const peer = beat?.names.peers[0];
  if (beat === undefined || peer === undefined || paths.length === 0) return undefined;
  if (!configuration.configSync) return undefined;
  return { paths, port: configuration.heartbeatPort, node: beat.names.node, peer, ring: beat.ring };
}

function requireLine(loaded: LoadedSettings): SyncLine {
  const line = lineOf(loaded);
  if (line !== undefined) return line;
  if (loaded.paths.length === 0) {
    throw new UserError('there is no partner', {
      code: 'SYNC_NO_PARTNER',
      hint: 'lvs.cf names one director, or backup_active = 0',
    });
  }
  if (loaded.settings.others !== undefined) {
    throw new UserError('lvs.cf names more than two directors: lvsctl sync is for a pair', {
      code: 'SYNC_PAIR_ONLY',
      hint: 'copy the file to every director by other means, then lvsctl reload on each',
    });
  }
  if (loaded.beat !== undefined) {
    throw new UserError('lvs.cf says config_sync = 0', {
      code: 'SYNC_OFF',
      hint: 'set config_sync = 1 on both directors, and reload them',
    });
  }
  throw new UserError('the directors have no common key', {
    code: 'SYNC_NO_KEY',
    hint: 'set heartbeat_key on both (docs/heartbeat-protocol.md): without it anybody could send an lvs.cf',
  });
}
