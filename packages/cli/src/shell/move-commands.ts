import { Argument, type Command, InvalidArgumentError } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import { type Daemon, RESTARTABLE, RESTARTED_UNNAMED } from '../core/restart-order.js';
import type { HandoverOptions } from './commands/handover.js';
import type { StandbyOptions } from './commands/standby.js';
import type { LvsctlIo } from './io.js';
import type { CommonOptions } from './options.js';

const LONGEST_REASON = 200;

/** Words for a log line: what would move a cursor or split the line is refused. */
function reasonText(text: string): string {
  if (text.length > LONGEST_REASON) throw new InvalidArgumentError(`over ${LONGEST_REASON} characters.`);
  if (/\p{Cc}|\p{Zl}|\p{Zp}|\p{Bidi_Control}/u.test(text)) {
    throw new InvalidArgumentError('it has a character that cannot be printed.');
  }
  return text.trim();
}

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
  program
    .command('handover')
    .description('give the VIPs to the partner without a refused connection')
    .option('--to <node>', 'only if the partner is this node, by address or host name')
    .option('--force', 'although the partner is silent or not ready')
    .action(async (_: unknown, command: Command) =>
      finish(
        await (await import('./commands/handover.js')).handover(
          io,
          command.optsWithGlobals<HandoverOptions>(),
        ),
      ),
    );
  addStandby(program, io, finish);
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

function addStandby(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('standby')
    .description(
      'maintenance standby: this node holds nothing and takes nothing by itself, over restarts too',
    )
    .addArgument(
      new Argument('<switch>', 'on hands over first where this node serves').choices(['on', 'off']),
    )
    .option('--reason <text>', 'why, for status and log', reasonText)
    .option('--unless-alone', 'take over all the same when the partner is dead')
    .option('--force', 'although no partner serves then')
    .action(async (word: 'on' | 'off', _: unknown, command: Command) => {
      const options = command.optsWithGlobals<StandbyOptions>();
      if (options.force && options.unlessAlone) {
        command.error('error: --force puts the VIPs down, --unless-alone would take them again');
      }
      if (word === 'off' && (options.force || options.unlessAlone || options.reason !== undefined)) {
        command.error('error: off takes no option');
      }
      finish(await (await import('./commands/standby.js')).standby(io, word === 'on', options));
    });
}
