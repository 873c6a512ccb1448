import type { WitnessConfig } from '@piranha/config';
import type { Script, TimedFault } from '../src/core/faults.js';
import { type Failure, pairSettings, type SimulatedPair, simulateSeed } from '../src/index.js';

/** Beats each 100 ms, dead after 400 ms. */
export const SETTINGS = pairSettings(100, 400);

/** One witness under `require`, with the times that an lvs.cf of these settings gives it. */
export const WITNESS: WitnessConfig = {
  targets: [{ kind: 'gateway', name: 'gateway 10.0.0.254', address: '10.0.0.254' }],
  policy: 'require',
  quorum: 1,
  intervalMs: 67,
  holdLimitMs: 270,
  marginMs: 30,
  takeAfterMs: 400,
};

/** A planted bug must be found within so many seeds. */
export const BUG_SEEDS = 2_000;

/** What the first of these seeds led to that breaks a promise; undefined where all are kept. */
export function firstFailure(pair: SimulatedPair, from: number, count: number): Failure | undefined {
  for (let seed = from; seed < from + count; seed += 1) {
    const { failure } = simulateSeed(pair, seed);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** The same in words, for a test that wants none. */
export function firstFailureText(pair: SimulatedPair, from: number, count: number): string | undefined {
  return firstFailure(pair, from, count)?.lines.join('\n');
}

/** Both boot together with exact clocks, and only this happens. */
export function scriptWith(seed: number, fault: TimedFault): Script {
  return {
    seed,
    clockRates: { primary: 1, backup: 1 },
    startMs: { primary: 100, backup: 100 },
    headStartMs: 0,
    faults: [fault],
  };
}

/** The primary loses power in a calm pair, and boots again. */
export const POWER_CUT = scriptWith(1, {
  atMs: 6_000,
  fault: { kind: 'crash', node: 'primary', durationMs: 2_000 },
});
