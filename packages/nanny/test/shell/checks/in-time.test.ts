import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isOverdue, timed } from '../../support/calm.js';

const LIMIT_MS = 100;
const LATE_MS = 400;

/** Nothing else happens in this process meanwhile. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

it('a check that takes longer than its limit is found', async () => {
  const run = await timed(() => sleep(LATE_MS));
  expect(isOverdue(run, LIMIT_MS)).toBe(true);
});

it('a process that stood still is not blamed on the check', async () => {
  const run = await timed(async () => {
    const limit = sleep(LIMIT_MS);
    standStill(LATE_MS);
    await limit;
  });
  expect(run.elapsedMs).toBeGreaterThan(LATE_MS - 10);
  expect(isOverdue(run, LIMIT_MS)).toBe(false);
});
