import { type Command, InvalidArgumentError } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { SimulateOptions } from './commands/simulate.js';
import type { LvsctlIo } from './io.js';

const MOST_SEEDS = 100_000_000;
/** As in lvs.cf, whose package only the command itself loads. */
const MOST_DIRECTORS = 5;
/** The largest number of a run. */
export const MOST_SEED = 0xffff_ffff;

function whole(low: number, high: number): (word: string) => number {
  return (word) => {
    const value = Number(word);
    if (/^[0-9]{1,10}$/.test(word) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`not a whole number from ${low} to ${high}.`);
  };
}

/** `lvsctl simulate`, loaded when it is called. */
export function addSimulate(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('simulate <file>')
    .description(
      'plays faults by the thousand against the directors of this lvs.cf, on a virtual clock: is every promise kept?',
    )
    .option(
      '--directors <number>',
      'play so many of them, 2 to 5, with the times of the file (default: as many as it names)',
      whole(2, MOST_DIRECTORS),
    )
    .option('--seeds <number>', 'how many runs of faults by chance', whole(1, MOST_SEEDS), 1_000)
    .option(
      '--seed <number>',
      'the first one (default: by chance); the same seed is the same run',
      whole(0, MOST_SEED),
    )
    .action(async (file: string, _: unknown, command: Command) =>
      finish(
        await (await import('./commands/simulate.js')).simulate(
          io,
          file,
          command.optsWithGlobals<SimulateOptions>(),
        ),
      ),
    );
}
