import { Argument, type Command } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import { type Daemon, RESTARTABLE, RESTARTED_UNNAMED } from '../core/restart-order.js';
import type { LvsctlIo } from './io.js';
import type { CommonOptions } from './options.js';

/** Commands that have the running director do something: reload, handover, restart. */
export function addMoves(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('reload')
    .description('have the director read its lvs.cf again; a broken file changes nothing')
    .action(async (_: unknown, command: Command) =>
      finish(
        await (await import('./commands/reload.js')).reload(io, command.optsWithGlobals<CommonOptions>()),
      ),
    );
  program
    .command('handover')
    .description('give the VIPs to the partner without a refused connection')
    .action(async (_: unknown, command: Command) =>
      finish(
        await (await import('./commands/handover.js')).handover(io, command.optsWithGlobals<CommonOptions>()),
      ),
    );
  addRestart(program, io, finish);
}

function addRestart(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('restart')
    .description('replace daemons by the programs installed now, one by one; the node keeps serving')
    .addArgument(
      new Argument('[daemon...]', `without words: ${RESTARTED_UNNAMED.join(' ')}`).choices(RESTARTABLE),
    )
    .action(async (daemons: readonly Daemon[], _: unknown, command: Command) =>
      finish(
        await (await import('./commands/restart.js')).restart(
          io,
          daemons,
          command.optsWithGlobals<CommonOptions>(),
        ),
      ),
    );
}
