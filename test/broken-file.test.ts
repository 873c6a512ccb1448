import { writeFileSync } from 'node:fs';
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
