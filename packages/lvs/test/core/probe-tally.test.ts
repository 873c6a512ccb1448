import { describe, expect, it } from 'vitest';
import { ProbeTally } from '../../src/core/probe-tally.js';

describe('the checks of all nannies of their own', () => {
  it('are counted, and their lateness and intervals measured', () => {
    const tally = new ProbeTally(0);
    expect(tally.status(0)).toEqual({ begun: 0, failed: 0 });
    tally.take({ ok: true }, 1);
    for (let at = 1; at <= 99; at += 1) tally.take({ ok: at % 10 !== 0, lateMs: 1, intervalMs: 1_000 }, at);
    tally.take({ ok: true, lateMs: 50 }, 100);
    const { begun, failed, lateness, interval } = tally.status(100);
    expect([begun, failed, lateness?.count, lateness?.maxMs, interval?.maxMs]).toEqual([
      101, 9, 100, 50, 1_000,
    ]);
    expect(lateness?.p50Ms).toBeLessThan(1.2);
    // What is old is forgotten, the counts are not.
    expect(tally.status(200_000)).toEqual({ begun: 101, failed: 9 });
  });
});
