import { expect, it } from 'vitest';
import { nannyRows } from '../../src/core/render-nannies.js';

it('the checks of nannies of their own are told with how punctual they are, once there are some', () => {
  expect(nannyRows([], { begun: 0, failed: 0 })).toEqual([]);
  expect(nannyRows([], { begun: 1, failed: 1 })).toEqual([['checks', '1 checks, 1 failed']]);
  const lateness = { count: 9, p50Ms: 1, p99Ms: 20, maxMs: 30 };
  const interval = { ...lateness, p50Ms: 1_001 };
  expect(nannyRows([], { begun: 9, failed: 0, lateness, interval })).toEqual([
    [
      'checks',
      '9 checks, 0 failed, begin late by 1 ms, 99 % by at most 20, all by 30, each 1001 ms after the last',
    ],
  ]);
});
