import type { SyncDirection } from '@piranha/protocol';
import { Argument, type Command } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { SyncOptions } from './commands/sync.js';
import type { LvsctlIo } from './io.js';

/** `lvsctl sync`. */
export function addSync(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('sync')
    .description(
      'copy lvs.cf to the partner (push) or from it (pull), checked there first; needs heartbeat_key',
    )
    .addArgument(new Argument('<direction>').choices(['push', 'pull']))
    .option('--dry-run', 'show the differences and what the check says there; change nothing')
    .option('--force', 'although the file that is replaced is newer, was edited, or the heartbeats move')
    .action(async (direction: SyncDirection, _: unknown, command: Command) =>
      finish(
        await (await import('./commands/sync.js')).sync(
          io,
          direction,
          command.optsWithGlobals<SyncOptions>(),
        ),
      ),
    );
}
