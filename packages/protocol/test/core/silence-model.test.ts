import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latenessStepMs } from '../../src/core/lateness.js';
import {
  falseTakeoversPerYear,
  missedHeartbeats,
  type SilenceSample,
  shortestDeadtimeMs,
  takeoversPerYear,
  upperCount,
} from '../../src/core/silence-model.js';
import { type SimulatedPath, sampleOf, simulatedGaps } from '../support/heartbeat-network.js';

const KEEPALIVE_MS = 100;
const MEASURED = 30_000;
const PLAYED = 200_000;

function measured(paths: readonly SimulatedPath[], seed: number, count = MEASURED): SilenceSample {
  const best = Math.min(...paths.map(({ loss, goesOn }) => loss / (1 - (goesOn ?? loss) + loss)));
  return sampleOf(
    simulatedGaps(paths, KEEPALIVE_MS, count, seed),
    KEEPALIVE_MS,
    Math.min(1, best * 1.1 + 3 / count),
  );
}

function longer(paths: readonly SimulatedPath[], seed: number, deadtimeMs: number): number {
  return simulatedGaps(paths, KEEPALIVE_MS, PLAYED, seed).filter((gap) => gap > deadtimeMs).length;
}

const path = fc.record({
  loss: fc.double({ min: 0, max: 0.2, noNaN: true }),
  jitterMs: fc.double({ min: 0.01, max: 60, noNaN: true }),
});
const paths = fc.array(path, { minLength: 1, maxLength: 2 });
const FIXED = { seed: 4242, numRuns: 15, endOnFailure: true } as const;

/** One silence in so many keepalives is wanted: rare enough to matter, frequent enough to be seen here. */
function perYearOf(inKeepalives: number): number {
  return takeoversPerYear(KEEPALIVE_MS, 1 / inKeepalives);
}

describe('the deadtime of the model', () => {
  it('has no more false takeovers than wanted, played with loss and jitter', () => {
    fc.assert(
      fc.property(paths, fc.integer(), fc.constantFrom(1_000, 10_000, 100_000), (of, seed, rarity) => {
        const deadtimeMs = shortestDeadtimeMs(measured(of, seed), perYearOf(rarity)) ?? Number.NaN;
        const wanted = PLAYED / rarity;
        expect(longer(of, seed + 1, deadtimeMs)).toBeLessThanOrEqual(wanted + 3 * Math.sqrt(wanted));
      }),
      FIXED,
    );
  });

  it('keeps to that where losses come in bursts', () => {
    const bursty = fc.record({
      loss: fc.double({ min: 0.001, max: 0.02, noNaN: true }),
      goesOn: fc.double({ min: 0.3, max: 0.8, noNaN: true }),
      jitterMs: fc.double({ min: 0.01, max: 20, noNaN: true }),
    });
    fc.assert(
      fc.property(bursty, fc.integer(), fc.constantFrom(10_000, 100_000), (of, seed, rarity) => {
        const sample = measured([of], seed);
        expect(missedHeartbeats(sample).bursts).toBe(true);
        const deadtimeMs = shortestDeadtimeMs(sample, perYearOf(rarity)) ?? Number.NaN;
        const wanted = PLAYED / rarity;
        expect(longer([of], seed + 1, deadtimeMs)).toBeLessThanOrEqual(wanted + 3 * Math.sqrt(wanted));
      }),
      FIXED,
    );
  });

  it.each([50, 100, 1_000])(
    'has none in an hour under five per cent loss and 50 ms jitter, beats each %i ms',
    (keepaliveMs) => {
      const rough = [{ loss: 0.05, jitterMs: 50 }];
      const hour = 3_600_000 / keepaliveMs;
      const sample = sampleOf(simulatedGaps(rough, keepaliveMs, hour, 1), keepaliveMs, 0.06);
      const deadtimeMs = shortestDeadtimeMs(sample, 0.1) ?? Number.NaN;
      // Long enough to be safe, short enough to be of use.
      expect(deadtimeMs).toBeLessThan(20 * keepaliveMs + 1_500);
      for (const seed of [2, 3, 4]) {
        const gaps = simulatedGaps(rough, keepaliveMs, hour, seed);
        expect(gaps.filter((gap) => gap > deadtimeMs)).toHaveLength(0);
      }
    },
  );

  it('is expected to keep the rate that it was asked for, and one a little shorter is not always', () => {
    fc.assert(
      fc.property(paths, fc.integer(), fc.double({ min: 1, max: 1e6, noNaN: true }), (of, seed, perYear) => {
        const sample = measured(of, seed, 5_000);
        const deadtimeMs = shortestDeadtimeMs(sample, perYear) ?? Number.NaN;
        expect(falseTakeoversPerYear(sample, deadtimeMs)).toBeLessThanOrEqual(perYear * (1 + 1e-9));
        expect(deadtimeMs).toBeGreaterThanOrEqual(2 * KEEPALIVE_MS);
        expect(deadtimeMs).toBeGreaterThanOrEqual(sample.window.longestMs);
      }),
      FIXED,
    );
    const sample = measured([{ loss: 0.05, jitterMs: 5 }], 1);
    const shortest = shortestDeadtimeMs(sample, 0.1) ?? 0;
    expect(falseTakeoversPerYear(sample, shortest - KEEPALIVE_MS)).toBeGreaterThan(0.1);
  });
});

/** What `intervals` keepalives are expected to show, without chance: losses for themselves, exponential jitter. */
function expectedSample(loss: number, jitterMs: number, intervals: number): SilenceSample {
  const late = new Map<number, number>();
  const add = (latenessMs: number, count: number): void => {
    const step = latenessStepMs(latenessMs, KEEPALIVE_MS);
    if (count > 0) late.set(step, (late.get(step) ?? 0) + count);
  };
  // Runs of whole counts only: what is expected less than once was not seen.
  for (let run = 0; run < 100; run += 1) {
    const from = Math.floor(intervals * loss ** run);
    const to = Math.floor(intervals * loss ** (run + 1));
    for (let slice = 0; slice < 20 && from > to; slice += 1) {
      const tail = -Math.log(1 - (slice + 0.5) / 20) * jitterMs;
      add(run * KEEPALIVE_MS + tail, (from - to) / 20);
    }
  }
  const counts = [...late].sort(([one], [other]) => one - other);
  const window = { observedMs: intervals * KEEPALIVE_MS, late: counts, longestMs: 0 };
  return { keepaliveMs: KEEPALIVE_MS, window, bestPathLoss: loss, bestPathTailMs: 0 };
}

describe('the model', () => {
  const loss = fc.double({ min: 0, max: 0.3, noNaN: true });
  const jitter = fc.double({ min: 0.05, max: 12, noNaN: true });

  it('never asks for less with more loss', () => {
    fc.assert(
      fc.property(loss, loss, jitter, (one, other, jitterMs) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        const short = shortestDeadtimeMs(expectedSample(less, jitterMs, 1e5), 0.1) ?? Number.NaN;
        const long = shortestDeadtimeMs(expectedSample(more, jitterMs, 1e5), 0.1) ?? Number.NaN;
        expect(long).toBeGreaterThanOrEqual(short - 1e-6);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('never asks for less with more jitter', () => {
    fc.assert(
      fc.property(loss, jitter, jitter, (share, one, other) => {
        const short = shortestDeadtimeMs(expectedSample(share, Math.min(one, other), 1e5), 0.1) ?? Number.NaN;
        const long = shortestDeadtimeMs(expectedSample(share, Math.max(one, other), 1e5), 0.1) ?? Number.NaN;
        expect(long).toBeGreaterThanOrEqual(short - 1e-6);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('expects less of a longer deadtime, and promises more after more heartbeats', () => {
    fc.assert(
      fc.property(loss, jitter, fc.integer({ min: 50, max: 3_000 }), (share, jitterMs, deadtimeMs) => {
        const sample = expectedSample(share, jitterMs, 1e4);
        const shorter = falseTakeoversPerYear(sample, deadtimeMs);
        expect(falseTakeoversPerYear(sample, deadtimeMs + 40)).toBeLessThanOrEqual(shorter);
        const lossless = (intervals: number) =>
          falseTakeoversPerYear(expectedSample(0, jitterMs, intervals), deadtimeMs);
        expect(lossless(1e5)).toBeLessThanOrEqual(lossless(1e4));
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('goes by the rule of three where nothing was lost', () => {
    expect(upperCount(0)).toBeCloseTo(3, 0);
    expect(upperCount(1)).toBeCloseTo(4.74, 1);
    expect(upperCount(10)).toBeCloseTo(16.96, 1);
    const spotless = expectedSample(0, 0.01, 1_000);
    // The first by the rule of three, each further one with a hundredth at least.
    const atLeast = takeoversPerYear(KEEPALIVE_MS, (upperCount(0) / 1_000) * 0.01 ** 3);
    expect(falseTakeoversPerYear(spotless, 4 * KEEPALIVE_MS + 1)).toBeCloseTo(atLeast, 6);
  });

  it('takes a burst for what it is', () => {
    const sample = expectedSample(0, 0.01, 1e6);
    const late = [...sample.window.late, [latenessStepMs(900, KEEPALIVE_MS), 1] as const];
    const burst = { ...sample, window: { ...sample.window, late, longestMs: 1_000 } };
    expect(missedHeartbeats(sample).bursts).toBe(false);
    expect(missedHeartbeats(burst).bursts).toBe(true);
    expect(shortestDeadtimeMs(burst, 0.1)).toBeGreaterThan(1_300);
    expect(shortestDeadtimeMs(sample, 0.1)).toBeLessThan(500);
  });
});
