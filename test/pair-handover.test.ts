import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { HandoverAnswer } from '@piranha/protocol';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';
import { DEADTIME_SECONDS } from './support/pair-configuration.js';
import { signal } from './support/processes.js';

/** What a noisy machine may take; the figures themselves are printed. */
const GENEROUS_LIMIT_MS = 10_000;
const HANDOVER_LIMIT_MS = 20_000;
/** Traffic before and after an event, ms. */
const RUN_UP_MS = 300;
const AFTERMATH_MS = 500;

let pair: Pair;

beforeAll(async () => {
  pair = new Pair();
  await pair.start();
});
afterEach(async () => {
  await pair.stopTraffic();
  pair.revive();
});
afterAll(() => pair?.stop());

it('booted together: one holds the address, and goes on holding it', async () => {
  const { active } = await pair.settled();
  for (let round = 0; round < 10; round += 1) {
    expect(await pair.holders()).toEqual([active.role]);
    await pause(50);
  }
});

it.each(['there', 'and back'])('handover %s: no request fails, the roles are swapped', async () => {
  const { active, standby } = await pair.settled();
  const zeroMs = performance.now();
  const stream = pair.traffic(true);
  await pause(RUN_UP_MS);
  const answer = (await active.call(
    active.files.pulseSocket,
    'handover',
    HANDOVER_LIMIT_MS,
  )) as HandoverAnswer;
  expect(answer).toMatchObject({ ok: true });
  const now = await pair.settled();
  await pause(AFTERMATH_MS);
  await stream.stop();
  console.info(
    `handover from ${active.role}: ${Math.round(answer.durationMs)} ms, ${stream.requests} requests, ` +
      `${stream.refusedAndRetried} refused and retried`,
  );
  expect(stream.describe(zeroMs)).toBe('');
  expect(now.active.role).toBe(standby.role);
  expect(await pair.holders()).toEqual([standby.role]);
  expect(await active.events()).toContain('PULSE_HANDOVER_DONE');
});

it('clean stop of the active: nothing is refused, the partner serves, nothing is left behind', async () => {
  const { active, standby } = await pair.settled();
  const zeroMs = performance.now();
  const stream = pair.traffic();
  await pause(RUN_UP_MS);
  const stoppedAtMs = performance.now();
  signal(await active.guardianPid(), 'SIGTERM');
  expect(await active.ended()).toBe(0);
  console.info(`clean stop of the active took ${Math.round(performance.now() - stoppedAtMs)} ms`);
  expect(active.processes()).toEqual([]);
  await pause(AFTERMATH_MS);
  await stream.stop();
  expect(stream.describe(zeroMs)).toBe('');
  expect(leftBehind(active)).toEqual([]);
  await pair.waitFor('a partner that is silent', async () => (await standby.pulse()).partner === 'silent');
  expect(await standby.pulse()).toMatchObject({ active: true });
  expect(await pair.holders()).toEqual([standby.role]);

  active.start();
  expect((await pair.settled()).active.role).toBe(standby.role);
  expect(await active.events()).not.toContain('PULSE_ACTIVE');
});

it('crash of the active: the partner serves soon; the dead one comes back as standby', async () => {
  const { active, standby } = await pair.settled();
  const stream = pair.traffic();
  await pause(RUN_UP_MS);
  const crashBeginMs = performance.now();
  await active.crash();
  const deadAtMs = performance.now();
  const servedAtMs = await pair.waitFor('the first answer after the crash', () =>
    stream.firstSuccessSince(deadAtMs),
  );
  await pause(AFTERMATH_MS);
  await stream.stop();
  const gapMs = Math.round(servedAtMs - crashBeginMs);
  console.info(`crash: gap ${gapMs} ms, deadtime ${DEADTIME_SECONDS * 1_000} ms`);
  expect(gapMs).toBeLessThan(GENEROUS_LIMIT_MS);
  const later = stream.failures.filter(({ begunAtMs }) => begunAtMs > servedAtMs);
  expect(later).toEqual([]);
  expect(await standby.pulse()).toMatchObject({ active: true });
  expect(await standby.events()).toContain('PULSE_PARTNER_DEAD');

  const secondStream = pair.traffic();
  const zeroMs = performance.now();
  active.start();
  expect((await pair.settled()).active.role).toBe(standby.role);
  await pause(AFTERMATH_MS);
  await secondStream.stop();
  expect(secondStream.describe(zeroMs)).toBe('');
  expect(await pair.holders()).toEqual([standby.role]);
});

it('pulse fails again and again: the guardian hands over, without a gap', async () => {
  const { active, standby } = await pair.settled();
  const zeroMs = performance.now();
  const stream = pair.traffic(true);
  let killed: number | undefined;
  for (let kills = 0; !(await standby.pulse()).active; kills += 1) {
    expect(kills).toBeLessThan(10);
    killed = await pair.waitFor('pulse again, or its partner in its place', async () => {
      const pid = await active.pulse().then(
        (status) => status.pid,
        () => undefined,
      );
      return pid !== killed && pid !== undefined ? pid : (await standby.pulse()).active && -1;
    });
    if (killed > 0) signal(killed, 'SIGKILL');
  }
  expect((await pair.settled()).active.role, pair.lastLines()).toBe(standby.role);
  await pause(AFTERMATH_MS);
  await stream.stop();
  expect(stream.describe(zeroMs)).toBe('');
  expect(await pair.holders()).toEqual([standby.role]);
});

/** Pid files and sockets that a clean stop should have removed. */
function leftBehind({ files }: Director): string[] {
  // What was measured stays: a stop may be half of a restart.
  const { directory, heartbeatStatistics, ownedEntries, ...sockets } = files;
  return [ownedEntries, ...Object.values(sockets)].filter((path) => existsSync(path));
}
