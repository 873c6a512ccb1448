import { existsSync } from 'node:fs';
import type { HeartbeatMeasurement } from '@piranha/protocol';
import { heartbeatMeasurementSchema } from '@piranha/protocol/schemas';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';
import { signal } from './support/processes.js';
import { runProgram } from './support/run-program.js';

/** Heartbeats of the test pair in about 5 s: then the counts of an earlier run were read. */
const SOME_BEATS = 20;

let pair: Pair;

beforeAll(async () => {
  pair = new Pair();
  await pair.start();
});
afterAll(() => pair?.stop());

async function measured(director: Director): Promise<HeartbeatMeasurement> {
  return heartbeatMeasurementSchema.parse(await director.call(director.files.pulseSocket, 'heartbeats'));
}

function beatsOf({ paths }: HeartbeatMeasurement): number {
  return Math.min(...paths.map(({ quality }) => quality.month.beats));
}

async function withBeats(director: Director, count: number): Promise<HeartbeatMeasurement> {
  return pair.waitFor(`${count} heartbeats on each path`, async () => {
    const figures = await measured(director);
    return beatsOf(figures) >= count ? figures : undefined;
  });
}

it('a pair measures its heartbeats on both paths, and keeps the counts over a restart', async () => {
  const { standby } = await pair.settled();
  const figures = await withBeats(standby, SOME_BEATS);
  expect(figures.paths.map(({ name, heard }) => [name, heard])).toEqual([
    ['public', true],
    ['private', true],
  ]);
  expect(figures.together.hour.observedMs).toBeGreaterThan(2_000);
  expect((await standby.pulse()).paths[0]?.quality?.day.beats).toBeGreaterThanOrEqual(SOME_BEATS);

  signal(await standby.guardianPid(), 'SIGTERM');
  expect(await standby.ended()).toBe(0);
  expect(existsSync(standby.files.heartbeatStatistics)).toBe(true);
  standby.start();
  await pair.settled();
  const again = await withBeats(standby, SOME_BEATS + beatsOf(figures));
  expect(again.interruptions).toBe(figures.interruptions);
});

it('lvsctl advise says that these are too few heartbeats', async () => {
  const { directory } = pair.primary.files;
  const { status, stdout } = await runProgram('lvsctl', ['advise', '--run-dir', directory], directory);
  expect(stdout).toContain('No advice yet');
  expect(stdout).toMatch(/^private +[\d,]+ /m);
  expect(status).toBe(1);
});
