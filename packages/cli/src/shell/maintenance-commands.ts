import { type Command, InvalidArgumentError } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { MaintainOptions } from './commands/maintain.js';
import type { LvsctlIo } from './io.js';
import { reasonText } from './reason-text.js';

type Action = 'drain' | 'undrain' | 'disable' | 'enable';

const DESCRIPTIONS: Readonly<Record<Action, string>> = {
  drain: 'a real server gets no new connections, and leaves the table when it has none left',
  undrain: 'end a drain: the server serves again',
  disable: 'take a real server out of the table at once; its connections are cut',
  enable: 'let a drained or disabled real server serve again',
};

const LONGEST_TIMEOUT_SECONDS = 30 * 86_400;

function secondsOf(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= LONGEST_TIMEOUT_SECONDS) return seconds;
  throw new InvalidArgumentError('not a number of seconds, 30 days at most.');
}

/** Commands that take real servers out of service, and let them in again. */
export function addMaintenance(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  const add = (action: Action): Command =>
    program
      .command(`${action} <server>`)
      .description(DESCRIPTIONS[action])
      .option('--reason <text>', 'why, for status and log', reasonText)
      .action(async (server: string, _: unknown, command: Command) =>
        finish(
          await (await import('./commands/maintain.js')).maintain(
            io,
            action,
            server,
            command.optsWithGlobals<MaintainOptions>(),
          ),
        ),
      );
  add('drain')
    .option('--timeout <seconds>', 'take it out then, whatever it still has (default: never)', secondsOf)
    .option('--force', 'although no other server of a service is up')
    .option('--wait', 'until it is drained (default); Ctrl-C leaves the drain going')
    .option('--no-wait', 'only begin');
  add('undrain');
  add('disable').option('--force', 'although no other server of a service is up');
  add('enable');
}
