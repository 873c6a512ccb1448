import { UserError } from '@piranha/common';
import { parseSyncDaemons, type SyncDaemons, type SyncSide, startArguments } from '../core/sync-daemons.js';
import { Ipvsadm, type IpvsadmOutput, usualPath } from './ipvsadm.js';

/** The kernel's connection synchronisation, by way of ipvsadm. Calls run one after the other. */
export class SyncDaemonControl {
  private queue: Promise<unknown> = Promise.resolve();

  /** @param ipvsadmPath gives the path as lvs.cf names it, which a reload may change */
  constructor(private readonly ipvsadmPath: () => string) {}

  /** What runs now. @throws UserError `SYNC_DAEMON_FAILED`, or as Ipvsadm */
  async state(): Promise<SyncDaemons> {
    const args = ['-Ln', '--daemon'];
    const result = await this.run(args);
    if (result.exitCode !== 0) throw failed(args, result);
    return parseSyncDaemons(result.stdout);
  }

  /**
   * Starts a side; one that runs already is left as it is.
   * @param maxLength as startArguments
   * @throws UserError `SYNC_DAEMON_FAILED`, or as Ipvsadm
   */
  async start(side: SyncSide, device: string, syncId: number, maxLength?: number): Promise<void> {
    await this.change(startArguments(side, device, syncId, maxLength), /already run/i);
  }

  /** Stops a side; one that does not run is fine. @throws UserError `SYNC_DAEMON_FAILED`, or as Ipvsadm */
  async stop(side: SyncSide): Promise<void> {
    await this.change(['--stop-daemon', side], /no daemon is running/i);
  }

  private async change(args: readonly string[], isFine: RegExp): Promise<void> {
    const result = await this.run(args);
    if (result.exitCode !== 0 && !result.messages.some((text) => isFine.test(text)))
      throw failed(args, result);
  }

  private run(args: readonly string[]): Promise<IpvsadmOutput> {
    const turn = this.queue.then(() => new Ipvsadm(usualPath(this.ipvsadmPath())).run(args));
    this.queue = turn.catch(() => undefined);
    return turn;
  }
}

function failed(args: readonly string[], { exitCode, messages }: IpvsadmOutput): UserError {
  const why = messages.join('; ') || `exit code ${exitCode}`;
  return new UserError(`ipvsadm ${args.join(' ')}: ${why}`, {
    code: 'SYNC_DAEMON_FAILED',
    hint: 'check syncd_iface and that ip_vs is loaded; run the same command by hand',
  });
}
