import { expect, it } from 'vitest';
import { nannyRows } from '../../src/core/render-nannies.js';

it('the checks of nannies of their own are told with how punctual they are, once there are some', () => {
  expect(nannyRows([], { begun: 0, failed: 0 })).toEqual([]);
  expect(nannyRows([], { begun: 1, failed: 1 })).toEqual([['checks', '1 checks, 1 failed']]);
  const lateness = { count: 9, p50Ms: 1, p99Ms: 20, maxMs: 30 };
  const interval = { ...lateness, p50Ms: 1_001, p99Ms: 1_020, maxMs: 1_030 };
  expect(nannyRows([], { begun: 9, failed: 0, lateness, interval })).toEqual([
    [
      'checks',
      '9 checks, 0 failed, begin late by 1 ms, 99 % by at most 20, all by 30, each 1001 ms after the last, 99 % at most 1020, all 1030',
    ],
  ]);
});

it('a shared nanny tells how many checks it makes and when, and all of them what they are allowed', () => {
  const durations = { count: 9, p50Ms: 1_003, p99Ms: 1_010, maxMs: 1_020 };
  const load = { services: 20, probes: 10, running: 0, waiting: 0, begun: 90, interval: durations };
  const nanny = { name: 'shared 1', pid: 7, starts: 1, madePerSecond: 9.9, allowedPerSecond: 12.51, load };
  const rate = { madePerSecond: 19.8, budgetPerSecond: 25, heldBack: 3 };
  expect(nannyRows([nanny], undefined, rate)).toEqual([
    ['budget', '25 checks a second, 19.8 made, 3 held back'],
    [
      'nanny',
      'shared 1, pid 7: 20 real services, 10 probes, 9.9 of 12.5 checks a second, each 1003 ms after the last, 99 % at most 1010, all 1020',
    ],
  ]);
  const free = { ...nanny, allowedPerSecond: undefined };
  expect(nannyRows([free], undefined, { madePerSecond: 9.9, heldBack: 0 })[0]?.[1]).toContain(
    '10 probes, 9.9 checks a second, ',
  );
});
