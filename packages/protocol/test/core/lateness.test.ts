import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLater, latenessQuantileMs, latenessStepMs } from '../../src/core/lateness.js';

const keepalive = fc.integer({ min: 10, max: 10_000 });

describe('steps of lateness', () => {
  it('are never too small, and too large by 9 % of a keepalive at most', () => {
    fc.assert(
      fc.property(keepalive, fc.double({ min: 0, max: 15.999, noNaN: true }), (keepaliveMs, keepalives) => {
        const lateMs = keepalives * keepaliveMs;
        const step = latenessStepMs(lateMs, keepaliveMs);
        expect(step).toBeGreaterThanOrEqual(lateMs - 1e-6);
        expect(step - lateMs).toBeLessThanOrEqual(Math.max(0.101, keepaliveMs * 0.0906 + 0.002));
      }),
    );
  });

  it('tell one lost heartbeat from two', () => {
    const late = latenessStepMs(1.7, 1_000);
    expect(latenessStepMs(1_001.7, 1_000)).toBeCloseTo(1_000 + late, 3);
    expect(countLater([[latenessStepMs(1_001.7, 1_000), 1]], 1_000 + late)).toBe(0);
    expect(countLater([[latenessStepMs(1_001.7, 1_000), 1]], late)).toBe(1);
  });

  it('grow with the lateness, and are few', () => {
    const steps = new Set<number>();
    let last = 0;
    for (let lateMs = 0; lateMs < 1e8; lateMs = lateMs * 1.01 + 0.01) {
      const step = latenessStepMs(lateMs, 1_000);
      expect(step).toBeGreaterThanOrEqual(last);
      last = step;
      steps.add(step);
    }
    expect(steps.size).toBeLessThan(1_000);
    expect(last).toBeLessThan(1e8);
  });

  it('give quantiles', () => {
    const counts = [
      [0.1, 90],
      [1, 9],
      [10, 1],
    ] as const;
    expect([0.5, 0.95, 0.999].map((share) => latenessQuantileMs(counts, 100, share))).toEqual([0.1, 1, 10]);
    expect(latenessQuantileMs([], 100, 0.99)).toBe(0);
  });
});
