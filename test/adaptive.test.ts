import { readFileSync, writeFileSync } from 'node:fs';
import { monotonicNowMs } from '@piranha/common';
import { HeartbeatStatistics } from '@piranha/pulse/machines';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';
import { signal } from './support/processes.js';
import { runProgram } from './support/run-program.js';

const KEEPALIVE_MS = 250;
/** Long, so that a noisy machine does not reach it by chance. */
const DEADTIME_MS = 12_000;
/** What an earlier run has counted: adaptive mode asks for 10,000 heartbeats. */
const BEATS = 12_000;
/** Counts are read 3 s after the start and looked at every 10 s. */
const THRESHOLD_LIMIT = { limitMs: 60_000 };

let pair: Pair;

/** The counts of a good hour, as an earlier pulse of this boot leaves them. */
function keepGoodHour({ files, role }: Director): void {
  const { primary, backup, primaryPrivate, backupPrivate } = pair.layout;
  const key = (name: string, ofPrimary: string, ofBackup: string): string =>
    role === 'primary' ? `${name} ${ofPrimary} ${ofBackup}` : `${name} ${ofBackup} ${ofPrimary}`;
  const keys = [key('public', primary, backup), key('private', primaryPrivate, backupPrivate)];
  const counts = new HeartbeatStatistics(keys, KEEPALIVE_MS, DEADTIME_MS);
  const nowMs = monotonicNowMs();
  for (let beat = BEATS; beat > 0; beat -= 1) {
    const atMs = nowMs - beat * KEEPALIVE_MS;
    for (const path of keys) counts.heard(path, { nowMs: atMs });
  }
  writeFileSync(files.heartbeatStatistics, JSON.stringify(counts.saved(nowMs)));
}

beforeAll(async () => {
  pair = new Pair({
    adaptive: true,
    keepaliveSeconds: KEEPALIVE_MS / 1_000,
    deadtimeSeconds: DEADTIME_MS / 1_000,
  });
  for (const director of [pair.primary, pair.backup]) keepGoodHour(director);
  await pair.start();
});
afterAll(() => pair?.stop());

function thresholdOf(director: Director): Promise<number> {
  return pair.waitFor(
    'a threshold in use',
    async () => (await director.pulse()).adaptive?.thresholdMs,
    THRESHOLD_LIMIT,
  );
}

async function takenOver(standby: Director): Promise<void> {
  await pair.waitFor('a takeover', async () => (await standby.pulse()).active, { limitMs: 40_000 });
}

it('a killed partner is taken over by the measured threshold, long before the deadtime', async () => {
  const { active, standby } = await pair.settled();
  const thresholdMs = await thresholdOf(standby);
  expect(thresholdMs).toBeLessThan(DEADTIME_MS / 2);
  const { directory } = standby.files;
  const { stdout } = await runProgram('lvsctl', ['status', '--run-dir', directory], directory);
  expect(stdout).toContain(`deadtime 12 s (adaptive: ${thresholdMs / 1_000} s in use)`);

  await active.crash();
  await takenOver(standby);
  const log = readFileSync(standby.logFile, 'utf8');
  expect(log).toMatch(/after \d+ ms of silence: measured well enough \[PULSE_ADAPTIVE_ON\]/);
  const [, silentMs, limitMs] =
    /PULSE_PARTNER_DEAD\] silentMs=(\d+) .*limit=adaptive adaptiveMs=(\d+)/.exec(log) ?? [];
  expect(Number(limitMs)).toBeGreaterThanOrEqual(2 * KEEPALIVE_MS);
  expect(Number(silentMs)).toBeGreaterThanOrEqual(Number(limitMs));
  expect(Number(silentMs)).toBeLessThan(DEADTIME_MS);
  console.info(
    `killed partner: dead after ${silentMs} ms, threshold ${limitMs} ms, deadtime ${DEADTIME_MS} ms`,
  );
  active.start();
  await pair.settled();
});

it('a partner that only stood still is believed again, and adaptive mode stays out of it', async () => {
  const { active, standby } = await pair.settled();
  await thresholdOf(standby);
  const stopped = active.processes().map(({ pid }) => pid);
  for (const pid of stopped) signal(pid, 'SIGSTOP');
  try {
    await takenOver(standby);
  } finally {
    for (const pid of stopped) signal(pid, 'SIGCONT');
  }
  const adaptive = await pair.waitFor('the false alarm', async () => {
    const status = (await standby.pulse()).adaptive;
    return status?.falseAlarms === 1 ? status : undefined;
  });
  expect(adaptive).toEqual({ falseAlarms: 1, because: 'a partner that lived was declared dead' });
  expect(readFileSync(standby.logFile, 'utf8')).toMatch(/PULSE_ADAPTIVE_FALSE\] .*falseAlarms=1/);
  await pair.settled();
  expect(await pair.holders()).toHaveLength(1);
});
