import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { Pair } from './support/pair.js';
import { signal } from './support/processes.js';

let pair: Pair;

afterEach(() => pair?.stop());

it('a file that broke since the start keeps no daemon down: the last good one serves on', async () => {
  pair = new Pair();
  await pair.start();
  const { active } = await pair.settled();
  const before = { worker: (await active.pulse()).pid, lvsd: (await active.lvsd()).pid };
  writeFileSync(pair.configFile, 'virtual {{{ nonsense\n');
  const traffic = pair.traffic();
  signal(before.lvsd, 'SIGKILL');
  await pair.waitFor('another lvsd', async () => (await active.lvsd()).pid !== before.lvsd);
  signal(before.worker, 'SIGKILL');
  await pair.waitFor('another pulse', async () => (await active.pulse()).pid !== before.worker);
  await pair.waitFor('the table in sync', async () => (await active.lvsd()).tableInSync);
  await traffic.stop();
  expect(traffic.failures).toEqual([]);
  expect((await active.pulse()).active).toBe(true);
  const pulseEvents = (await active.pulse()).history.map(({ event }) => event);
  const lvsdEvents = (await active.lvsd()).history.map(({ event }) => event);
  expect(pulseEvents).toContain('PULSE_CONFIG_LAST_GOOD');
  expect(lvsdEvents).toContain('LVSD_CONFIG_LAST_GOOD');
});

it('a file that is half copied is taken by no reload and by no daemon that is started again', async () => {
  pair = new Pair();
  await pair.start();
  const { active } = await pair.settled();
  const before = await active.lvsd();
  const whole = readFileSync(pair.configFile, 'utf8');
  writeFileSync(pair.configFile, whole.slice(0, whole.lastIndexOf('server')));
  const { status, stderr } = await active.lvsctl('reload');
  expect([status, stderr]).toEqual([1, expect.stringContaining('error CF_MISSING_BRACE')]);
  signal(before.pid, 'SIGKILL');
  await pair.waitFor('another lvsd', async () => (await active.lvsd()).pid !== before.pid);
  await pair.waitFor('the table in sync', async () => (await active.lvsd()).tableInSync);
  const after = await active.lvsd();
  expect(after.services.map(({ servers }) => servers.length)).toEqual(
    before.services.map(({ servers }) => servers.length),
  );
  expect(after.history.map(({ event }) => event)).toContain('LVSD_CONFIG_LAST_GOOD');
});
