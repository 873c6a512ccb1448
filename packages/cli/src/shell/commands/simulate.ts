import { randomInt } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { UserError } from '@piranha/common';
import { type Failure, pairOfConfiguration, promisesOf, simulateSeed } from '@piranha/simulator';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import { loadUsable } from '../load-file.js';
import type { CommonOptions } from '../options.js';
import { MOST_SEED } from '../simulate-command.js';

export interface SimulateOptions extends CommonOptions {
  readonly seeds: number;
  readonly seed?: number;
  readonly directors?: number;
}

/** Failures that are told whole; the rest are counted. */
const TOLD = 3;
/** How often somebody at a terminal is told how far it is, ms. */
const PROGRESS_EVERY_MS = 1_000;

interface Played {
  seeds: number;
  simulatedMs: number;
  takeovers: number;
  readonly failures: Failure[];
  failed: number;
}

/**
 * `lvsctl simulate FILE`: runs of the daemons' own state machines with this file's times, each with faults by chance of
 * its seed. Promises that are broken are told with the faults that lead to it; the last line is the sum. Ctrl-C ends it
 * early, with the sum so far.
 */
export async function simulate(io: LvsctlIo, file: string, options: SimulateOptions): Promise<ExitStatus> {
  const loaded = await loadUsable(io, file, options);
  if (loaded === undefined) return EXIT.no;
  const pair = pairOfConfiguration(loaded.configuration, options.directors);
  if (pair === undefined) {
    throw new UserError(`${file} names no pair of directors`, {
      code: 'SIMULATE_NO_PAIR',
      hint: 'primary, backup and backup_active = 1 make one, director blocks make one or more',
    });
  }
  const first = options.seed ?? randomInt(MOST_SEED);
  if (!options.json) printLines((text) => io.stdout(text), promisesOf(pair));
  const played: Played = { seeds: 0, simulatedMs: 0, takeovers: 0, failures: [], failed: 0 };
  let toldAtMs = io.nowMs();
  await untilInterrupted(async (isOver) => {
    for (let number = 0; number < options.seeds && !isOver(); number += 1) {
      const failure = playSeed(pair, (first + number) % (MOST_SEED + 1), played);
      if (failure !== undefined) io.progress?.('');
      if (failure !== undefined && !options.json) printLines((text) => io.stdout(text), failure.lines);
      if (io.nowMs() - toldAtMs >= PROGRESS_EVERY_MS) {
        toldAtMs = io.nowMs();
        io.progress?.(`${played.seeds} of ${options.seeds} seeds, a promise broken in ${played.failed}`);
      }
      // Ctrl-C is heard between two runs.
      await nextTurn();
    }
  });
  io.progress?.('');
  tell(io, file, first, options, played);
  return played.failed === 0 ? EXIT.ok : EXIT.no;
}

/** @returns the failure, if it is to be told */
function playSeed(
  pair: Parameters<typeof simulateSeed>[0],
  seed: number,
  played: Played,
): Failure | undefined {
  const { outcome, failure } = simulateSeed(pair, seed);
  played.seeds += 1;
  played.simulatedMs += outcome.simulatedMs;
  played.takeovers += outcome.takeovers;
  if (failure === undefined) return undefined;
  played.failed += 1;
  if (played.failures.length >= TOLD) return undefined;
  played.failures.push(failure);
  return failure;
}

function tell(
  io: LvsctlIo,
  file: string,
  first: number,
  { json, seeds: wanted }: SimulateOptions,
  played: Played,
): void {
  const { seeds, simulatedMs, takeovers, failed, failures } = played;
  if (json) {
    printJson(io, {
      file,
      ok: failed === 0,
      firstSeed: first,
      wanted,
      seeds,
      simulatedMs,
      takeovers,
      failed,
      failures,
    });
    return;
  }
  const kept = failed === 0 ? 'every promise kept' : `a promise broken in ${failed}`;
  const hours = (simulatedMs / 3_600_000).toFixed(1);
  const short = seeds < wanted ? `, ended early (${wanted} were asked for)` : '';
  io.stdout(
    `${seeds} seeds from ${first}: ${kept}; ${hours} simulated hours, ${takeovers} takeovers${short}\n`,
  );
}

async function untilInterrupted(work: (isOver: () => boolean) => Promise<void>): Promise<void> {
  let over = false;
  const stop = (): void => {
    over = true;
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, stop);
  await work(() => over);
  for (const signal of signals) process.off(signal, stop);
}
