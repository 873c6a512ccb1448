import type { HeartbeatMeasurement } from '@piranha/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../protocol/test/support/random.js';
import { adaptiveMode } from '../../src/core/adaptive.js';
import { HeartbeatStatistics } from '../../src/core/path-statistics.js';

const KEEPALIVE_MS = 100;
const DEADTIME_MS = 5_000;
const YEAR_MS = 365.25 * 86_400_000;

interface SimulatedPath {
  readonly loss: number;
  readonly jitterMs: number;
}

/** Arrivals on all paths in their order; `common`: share of heartbeats that are lost on all of them at once. */
function play(
  paths: readonly SimulatedPath[],
  count: number,
  seed: number,
  hear: (path: number, nowMs: number) => void,
  common = 0,
): void {
  const random = seededRandom(seed);
  const waiting: { path: number; atMs: number }[] = [];
  for (let beat = 0; beat < count; beat += 1) {
    const dueMs = beat * KEEPALIVE_MS;
    waiting.sort((one, other) => one.atMs - other.atMs);
    while (waiting[0] !== undefined && waiting[0].atMs <= dueMs) {
      const { path, atMs } = waiting.shift() ?? { path: 0, atMs: 0 };
      hear(path, atMs);
    }
    const all = random() < common;
    for (const [path, { loss, jitterMs }] of paths.entries()) {
      const lost = random() < loss;
      const atMs = dueMs - Math.log(1 - random()) * jitterMs;
      if (!lost && !all) waiting.push({ path, atMs });
    }
  }
}

function measured(
  paths: readonly SimulatedPath[],
  count: number,
  seed: number,
  years: number,
  common = 0,
): HeartbeatMeasurement {
  const keys = paths.map((_, index) => String(index));
  const counts = new HeartbeatStatistics(keys, KEEPALIVE_MS, DEADTIME_MS);
  play(paths, count, seed, (path, nowMs) => counts.heard(String(path), { nowMs }), common);
  const { paths: byKey, ...rest } = counts.measured(count * KEEPALIVE_MS, String);
  return {
    keepaliveMs: KEEPALIVE_MS,
    deadtimeMs: DEADTIME_MS,
    falseTakeoverYears: years,
    partner: 'running',
    paths: [...byKey].map(([name, of]) => ({ name, local: '', partner: '', ...of })),
    ...rest,
    adaptive: { enabled: true },
  };
}

const path = fc.record({
  loss: fc.double({ min: 0, max: 0.05, noNaN: true }),
  jitterMs: fc.double({ min: 0.01, max: 50, noNaN: true }),
});
const twoPaths = fc.tuple(path, path);
const RUNS = { seed: 33, numRuns: 15, endOnFailure: true } as const;

describe('the adaptive threshold', () => {
  it('has no more false alarms than wanted, played with loss and jitter', () => {
    fc.assert(
      fc.property(twoPaths, fc.integer(), (of, seed) => {
        // One false alarm in 5,000 keepalives: often enough to be seen here.
        const years = (5_000 * KEEPALIVE_MS) / YEAR_MS;
        const { thresholdMs, because } = adaptiveMode(measured(of, 15_000, seed, years));
        expect(because).toBeUndefined();
        let lastMs = 0;
        let alarms = 0;
        const count = 50_000;
        play(of, count, seed + 1, (_, nowMs) => {
          if (nowMs - lastMs > (thresholdMs ?? 0)) alarms += 1;
          lastMs = nowMs;
        });
        const wanted = count / 5_000;
        expect(alarms).toBeLessThanOrEqual(wanted + 3 * Math.sqrt(wanted));
      }),
      RUNS,
    );
  });

  it('stays between two keepalives with the measured lateness and the deadtime', () => {
    fc.assert(
      fc.property(twoPaths, fc.integer(), fc.constantFrom(1, 10, 1_000), (of, seed, years) => {
        const figures = measured(of, 11_000, seed, years);
        const { thresholdMs, because } = adaptiveMode(figures);
        expect(thresholdMs === undefined).toBe(because !== undefined);
        if (thresholdMs === undefined) return;
        const tails = figures.paths.map(({ quality }) => quality.month.p999Ms);
        expect(thresholdMs).toBeGreaterThanOrEqual(2 * KEEPALIVE_MS + Math.min(...tails));
        expect(thresholdMs).toBeGreaterThanOrEqual(figures.together.month.longestMs);
        expect(thresholdMs).toBeLessThan(DEADTIME_MS);
      }),
      RUNS,
    );
  });

  it('of good paths is far below the deadtime, and rises with what is wanted', () => {
    const good = [
      { loss: 0.001, jitterMs: 1 },
      { loss: 0.001, jitterMs: 2 },
    ];
    const threshold = (years: number) =>
      adaptiveMode(measured(good, 20_000, 3, years)).thresholdMs ?? Infinity;
    expect(threshold(10)).toBeLessThan(500);
    expect(threshold(1_000)).toBeGreaterThanOrEqual(threshold(1));
  });

  it.each([
    ['one path', [{ loss: 0, jitterMs: 1 }], 11_000, 0, /two paths/],
    [
      'a path that is as good as dead',
      [
        { loss: 0, jitterMs: 1 },
        { loss: 0.5, jitterMs: 1 },
      ],
      11_000,
      0,
      /two paths/,
    ],
    [
      'too few heartbeats',
      [
        { loss: 0, jitterMs: 1 },
        { loss: 0, jitterMs: 1 },
      ],
      9_000,
      0,
      /fewer than 10000 heartbeats/,
    ],
    [
      'gaps that coincide',
      [
        { loss: 0.001, jitterMs: 1 },
        { loss: 0.001, jitterMs: 1 },
      ],
      20_000,
      0.005,
      /together/,
    ],
  ])('is not there with %s', (_, paths, count, common, because) => {
    const answer = adaptiveMode(measured(paths, count, 5, 10, common));
    expect(answer.thresholdMs).toBeUndefined();
    expect(answer.because).toMatch(because);
  });

  it('is not there where the deadtime is short already', () => {
    const good = [
      { loss: 0.001, jitterMs: 1 },
      { loss: 0.001, jitterMs: 2 },
    ];
    const figures = { ...measured(good, 20_000, 3, 10), deadtimeMs: 300 };
    expect(adaptiveMode(figures)).toEqual({ because: 'what was measured asks for the whole deadtime' });
  });
});
