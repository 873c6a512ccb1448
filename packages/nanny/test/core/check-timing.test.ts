import { expect, it } from 'vitest';
import { CheckTiming } from '../../src/core/check-timing.js';

it('the timing of checks tells how late each began and how long after the one before', () => {
  const timing = new CheckTiming();
  timing.begin(100);
  expect(timing.taken).toEqual({});
  timing.due(1_100);
  timing.begin(1_103.14);
  expect(timing.taken).toEqual({ lateMs: 3.1, intervalMs: 1_003.1 });
  timing.due(2_000);
  timing.begin(1_999.5);
  expect(timing.taken).toEqual({ lateMs: 0, intervalMs: 896.4 });
  // One that nobody had an hour for is not late.
  timing.begin(3_000);
  expect(timing.taken).toEqual({ intervalMs: 1_000.5 });
});
