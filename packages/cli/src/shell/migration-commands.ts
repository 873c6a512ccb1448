import { type Command, InvalidArgumentError } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { AdoptCommandOptions } from './commands/adopt.js';
import type { ShadowCommandOptions } from './commands/shadow.js';
import type { LvsctlIo } from './io.js';

const KINDS = ['keepalived', 'ldirectord', 'piranha'] as const;

interface AdoptWords extends AdoptCommandOptions {
  readonly undo?: boolean;
  readonly finish?: boolean;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && Number.isFinite(seconds)) return seconds;
  throw new InvalidArgumentError('not a number of seconds.');
}

function kindOf(text: string): (typeof KINDS)[number] {
  const kind = KINDS.find((known) => known === text);
  if (kind !== undefined) return kind;
  throw new InvalidArgumentError(`not one of ${KINDS.join(', ')}.`);
}

/** Adds the commands that bring a service over from another product. */
export function addMigrationCommands(
  program: Command,
  io: LvsctlIo,
  finish: (status: ExitStatus) => void,
): void {
  program
    .command('shadow <file>')
    .description('beside what serves now, without touching it: what would Piranha do otherwise, and why?')
    .option('--for <seconds>', 'look for so long (default: until Ctrl-C)', secondsOf)
    .action(async (file: string, _: unknown, command: Command) => {
      if (file === '-') command.error('error: shadow needs a file that lvsd can read, not standard input');
      finish(
        await (await import('./commands/shadow.js')).shadow(
          io,
          file,
          command.optsWithGlobals<ShadowCommandOptions>(),
        ),
      );
    });
  program
    .command('adopt [file] [pulse-words...]')
    .description(
      'take table and VIPs over from keepalived, ldirectord or the original Piranha; words behind -- go to pulse',
    )
    .option('--from <product>', `which one, if several run: ${KINDS.join(', ')}`, kindOf)
    .option('--accept-differences', 'although something would be otherwise')
    .option('--final', 'end the product instead of freezing it: no way back')
    .option('--undo', 'give back to the frozen product')
    .option('--finish', 'end the frozen product')
    .action(async (file: string | undefined, words: string[], _: unknown, command: Command) => {
      const options = command.optsWithGlobals<AdoptWords>();
      const problem = clashOf(file, options);
      if (problem !== undefined) command.error(`error: ${problem}`);
      if (options.undo)
        return finish(await (await import('./commands/end-adoption.js')).undoAdoption(io, options));
      if (options.finish)
        return finish((await import('./commands/end-adoption.js')).finishAdoption(io, options));
      finish(await (await import('./commands/adopt.js')).adopt(io, file ?? '', words, options));
    });
}

function clashOf(file: string | undefined, { undo, finish, final, from, acceptDifferences }: AdoptWords) {
  if (undo && finish) return '--undo and --finish exclude each other';
  if (!undo && !finish) {
    if (file === undefined) return 'adopt needs an lvs.cf, --undo or --finish';
    return file === '-' ? 'adopt needs a file that pulse can read again, not standard input' : undefined;
  }
  const others = file !== undefined || final || from !== undefined || acceptDifferences;
  return others ? `${undo ? '--undo' : '--finish'} stands alone` : undefined;
}
