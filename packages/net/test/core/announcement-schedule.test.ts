import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SCHEDULE_MS, startSeries, stepSeries } from '../../src/core/announcement-schedule.js';

/** When a series announces if somebody looks exactly when asked to, ms. */
function announcements(scheduleMs: readonly number[], startMs: number): number[] {
  const times: number[] = [];
  let series = startSeries(scheduleMs, startMs);
  let nowMs = startMs;
  for (;;) {
    const step = stepSeries(series, nowMs);
    if (step.announce) times.push(nowMs);
    if (step.waitMs === undefined) return times;
    expect(step.waitMs).toBeGreaterThan(0);
    series = step.series;
    nowMs += step.waitMs;
  }
}

describe('a series of announcements', () => {
  it('is at once and after 1, 5 and 10 seconds unless told otherwise', () => {
    expect(announcements(DEFAULT_SCHEDULE_MS, 500)).toEqual([500, 1_500, 5_500, 10_500]);
  });

  it('announces once at each different time, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3_600_000), { maxLength: 20 }), fc.nat(1e9), (scheduleMs, startMs) => {
        const times = [...new Set(scheduleMs)].sort((a, b) => a - b).map((afterMs) => startMs + afterMs);
        expect(announcements(scheduleMs, startMs)).toEqual(times);
      }),
    );
  });

  it('waits without an announcement when it is looked at early', () => {
    const early = stepSeries(startSeries([1_000], 0), 400);
    expect(early).toMatchObject({ announce: false, waitMs: 600 });
    expect(stepSeries(early.series, 1_000)).toEqual({
      series: { dueMs: [] },
      announce: true,
      waitMs: undefined,
    });
  });

  it('makes up for missed times with one announcement', () => {
    const late = stepSeries(startSeries(DEFAULT_SCHEDULE_MS, 0), 7_000);
    expect(late).toMatchObject({ announce: true, waitMs: 3_000 });
    expect(stepSeries(late.series, 7_000).announce).toBe(false);
  });
});
