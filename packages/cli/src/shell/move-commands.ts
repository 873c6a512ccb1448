import { Argument, type Command, InvalidArgumentError } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import { type Daemon, RESTARTABLE, RESTARTED_UNNAMED } from '../core/restart-order.js';
import type { RestartOptions } from './commands/restart.js';
import type { LvsctlIo } from './io.js';
import type { CommonOptions } from './options.js';
import { addVipMoves } from './vip-commands.js';

/** Commands that have the running director do something: reload, handover, standby, restart. */
export function addMoves(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('reload')
    .description('have the director read its lvs.cf again; a broken file changes nothing')
    .action(async (_: unknown, command: Command) =>
      finish(
        await (await import('./commands/reload.js')).reload(io, command.optsWithGlobals<CommonOptions>()),
      ),
    );
  addVipMoves(program, io, finish);
  addRestart(program, io, finish);
}

function addRestart(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('restart')
    .description('replace daemons by the programs installed now, one by one; the node keeps serving')
    .addArgument(
      new Argument('[daemon...]', `without words: ${RESTARTED_UNNAMED.join(' ')}`).choices(RESTARTABLE),
    )
    .option(
      '--guardian <pid>',
      'first wait until this guardian, which has just been started, watches pulse',
      pidOf,
    )
    .action(async (daemons: readonly Daemon[], _: unknown, command: Command) =>
      finish(
        await (await import('./commands/restart.js')).restart(
          io,
          daemons,
          command.optsWithGlobals<RestartOptions>(),
        ),
      ),
    );
}

function pidOf(text: string): number {
  const pid = Number(text);
  if (/^[0-9]{1,10}$/.test(text) && pid > 0) return pid;
  throw new InvalidArgumentError('not a process id.');
}
