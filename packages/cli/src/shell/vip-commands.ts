import { Argument, type Command } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { HandoverOptions } from './commands/handover.js';
import type { StandbyOptions } from './commands/standby.js';
import type { LvsctlIo } from './io.js';
import { reasonText } from './reason-text.js';

/** Commands that move the VIPs, or keep them from coming here; each is loaded when it is called. */
export function addVipMoves(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('handover')
    .description('give the VIPs to the partner without a refused connection')
    .option('--to <node>', 'only if the partner is this node, by address or host name')
    .option('--force', 'although the partner is silent or not ready')
    .option('--group <name>', 'only this vip_group of lvs.cf; main: the virtual servers in no group')
    .action(async (_: unknown, command: Command) =>
      finish(
        await (await import('./commands/handover.js')).handover(
          io,
          command.optsWithGlobals<HandoverOptions>(),
        ),
      ),
    );
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
