import { UserError } from '@piranha/common';
import { parseSyncDaemons, type SyncDaemons, type SyncSide } from '@piranha/ipvs';
import { startArguments } from '../core/sync-daemons.js';
import { runTool, type ToolResult } from './run-tool.js';

const LIMIT_MS = 5_000;

/** The kernel's connection synchronisation, by way of ipvsadm. Calls run one after the other. */
export class SyncDaemonControl {
  private queue: Promise<unknown> = Promise.resolve();

  /** @param ipvsadm gives the program's path, which a reload may change */
  constructor(private readonly ipvsadm: () => string) {}

  /** What runs now. @throws UserError `SYNC_DAEMON_FAILED` */
  async state(): Promise<SyncDaemons> {
    const args = ['-Ln', '--daemon'];
    const result = await this.run(args);
    if (!result.ok) throw failed(args, result);
    return parseSyncDaemons(result.stdout);
  }

  /** Starts a side; one that runs already is left as it is. @throws UserError `SYNC_DAEMON_FAILED` */
  async start(side: SyncSide, device: string, syncId: number): Promise<void> {
    const args = startArguments(side, device, syncId);
    const result = await this.run(args);
    if (!result.ok && !/already run/i.test(result.message)) throw failed(args, result);
  }

  /** Stops a side; one that does not run is fine. @throws UserError `SYNC_DAEMON_FAILED` */
  async stop(side: SyncSide): Promise<void> {
    const args = ['--stop-daemon', side];
    const result = await this.run(args);
    if (!result.ok && !/no daemon is running/i.test(result.message)) throw failed(args, result);
  }

  private run(args: readonly string[]): Promise<ToolResult> {
    const turn = this.queue.then(() => runTool(this.ipvsadm(), args, LIMIT_MS));
    this.queue = turn;
    return turn;
  }
}

function failed(args: readonly string[], { message }: ToolResult): UserError {
  return new UserError(`ipvsadm ${args.join(' ')}: ${message}`, {
    code: 'SYNC_DAEMON_FAILED',
    hint: 'check syncd_iface and that ip_vs is loaded; run the same command by hand',
  });
}
