import { RecentDurations } from '@piranha/protocol/durations';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StartSpread } from '../../src/core/start-spread.js';

describe('RecentDurations', () => {
  it('tells quantiles that are at most 1.1 % too high and never above the largest', () => {
    const durations = fc.array(fc.double({ min: 0.2, max: 100_000, noNaN: true }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(durations, (values) => {
        const recent = new RecentDurations(30_000, 0);
        for (const value of values) recent.record(value, 0);
        const sorted = [...values].sort((one, other) => one - other);
        const summary = recent.summary(0);
        for (const [share, told] of [
          [0.5, summary?.p50Ms],
          [0.99, summary?.p99Ms],
        ] as const) {
          const exact = sorted[Math.ceil(share * values.length) - 1] ?? 0;
          expect(told).toBeGreaterThanOrEqual(exact - 0.05001);
          expect(told).toBeLessThanOrEqual(exact * 1.011 + 0.051);
        }
        expect(summary?.maxMs).toBeCloseTo(sorted.at(-1) ?? 0, 0);
        expect(summary?.count).toBe(values.length);
      }),
    );
  });

  it('forgets what is older than two spans', () => {
    const recent = new RecentDurations(1_000, 0);
    expect(recent.summary(0)).toBeUndefined();
    recent.record(500, 10);
    recent.record(1, 1_500);
    expect(recent.summary(1_600)?.maxMs).toBe(500);
    expect(recent.summary(2_700)?.maxMs).toBe(1);
    expect(recent.summary(9_000)).toBeUndefined();
  });
});

describe('StartSpread', () => {
  it('lets a thousand begin over a second, and more over their interval', () => {
    const spread = new StartSpread();
    const starts = Array.from({ length: 3_000 }, () => spread.startMs(1_000, 50) - 50);
    expect(starts.slice(0, 3)).toEqual([0, 1, 2]);
    expect(Math.max(...starts)).toBe(999);
    for (const startMs of [0, 500, 999]) expect(starts.filter((one) => one === startMs)).toHaveLength(3);
  });

  it('begins at once after a pause', () => {
    const spread = new StartSpread();
    for (let count = 0; count < 10; count++) spread.startMs(1_000, 0);
    expect(spread.startMs(1_000, 5_000)).toBe(5_000);
  });
});
