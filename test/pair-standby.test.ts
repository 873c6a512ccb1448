import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';
import { DEADTIME_SECONDS } from './support/pair-configuration.js';
import { signal } from './support/processes.js';

/** Traffic before and after an event, ms. */
const RUN_UP_MS = 300;
const AFTERMATH_MS = 500;
/** Longer than any takeover. */
const NO_TAKEOVER_MS = 3_000 + DEADTIME_SECONDS * 1_000;

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

/** As `service pulse restart` does: a stop in order, and a start. */
async function restart(director: Director): Promise<void> {
  signal(await director.guardianPid(), 'SIGTERM');
  expect(await director.ended()).toBe(0);
  director.start();
  await pair.waitFor('an answer after the restart', () => director.pulse().catch(() => undefined));
}

function orderFile(director: Director): string {
  return join(director.files.directory, 'state', 'maintenance');
}

it('readiness: a standby says that it is ready, with how many servers, and what it lacks', async () => {
  const { standby } = await pair.settled();
  const ready = await pair.waitFor('a ready standby', async () => {
    const { readiness } = await standby.pulse();
    return readiness?.ready === true ? readiness : undefined;
  });
  expect(ready).toEqual({
    ready: true,
    reasons: [],
    tableLoaded: true,
    firstVerdicts: true,
    serversUp: 3,
    serversTotal: 3,
  });
  for (const index of pair.layout.servers.keys()) await pair.stopServer(index);
  await pair.waitFor('a standby without servers', async () =>
    (await standby.events()).includes('PULSE_NOT_READY'),
  );
  expect((await standby.pulse()).readiness?.reasons).toEqual(['no server is up (0 of 3)']);
  await pair.startServers();
  await pair.settled();
  await pair.waitFor('a ready standby', async () => (await standby.events()).at(-1) === 'PULSE_READY');
});

describe('a handover to a node', () => {
  it('that is not the partner is refused; to the partner it is done', async () => {
    const { active, standby } = await pair.settled();
    const { layout } = pair;
    const own = await active.lvsctl('handover', '--to', layout[active.role]);
    expect([own.status, own.stdout]).toEqual([1, '']);
    expect(own.stderr).toContain(`${layout[active.role]} is this node [PULSE_NOT_THE_PARTNER]`);
    const other = await active.lvsctl('handover', '--to', layout.witness);
    expect(other.stderr).toContain(`${layout.witness} is not the partner, which is ${layout[standby.role]}`);
    expect(await pair.holders()).toEqual([active.role]);
    expect((await active.lvsctl('handover', '--to', layout[`${standby.role}Private`])).status).toBe(0);
    expect((await pair.settled()).active.role).toBe(standby.role);
  });

  it('that is silent is refused; forced, it is undone and the node serves on', async () => {
    const { active, standby } = await pair.settled();
    const zeroMs = performance.now();
    const stream = pair.traffic();
    await standby.crash();
    await pair.waitFor('a silent partner', async () => (await active.pulse()).partner === 'silent');
    const refused = await active.lvsctl('handover');
    expect([refused.status, refused.stderr]).toEqual([
      1,
      'lvsctl: not handed over: no partner is heard [PULSE_HANDOVER_REFUSED]\n',
    ]);
    const forced = await active.lvsctl('handover', '--force');
    expect(forced.stderr).toBe(
      'lvsctl: not handed over: partner did not say running in time [PULSE_HANDOVER_UNDONE]\n',
    );
    await stream.stop();
    expect(stream.describe(zeroMs)).toBe('');
    expect(await pair.holders()).toEqual([active.role]);
    standby.start();
    await pair.settled();
  });
});

describe('maintenance standby', () => {
  it('moves the VIP without a gap, survives a restart, and ends', async () => {
    const { active, standby } = await pair.settled();
    const zeroMs = performance.now();
    const stream = pair.traffic(true);
    await pause(RUN_UP_MS);
    const on = await active.lvsctl('standby', 'on', '--reason', 'new memory');
    expect(on).toMatchObject({ status: 0, stdout: 'maintenance standby on: partner took over\n' });
    expect((await pair.settled()).active.role).toBe(standby.role);
    expect(await pair.holders()).toEqual([standby.role]);

    expect(statSync(orderFile(active)).mode & 0o777).toBe(0o600);
    await restart(active);
    expect((await pair.settled()).active.role).toBe(standby.role);
    const { maintenance } = await active.pulse();
    expect(maintenance).toMatchObject({ reason: 'new memory', unlessAlone: false });
    expect(await active.events()).toContain('PULSE_MAINTENANCE_KEPT');
    const page = (await active.lvsctl('status')).stdout;
    expect(page).toMatch(/ready +to take over: NO, because maintenance standby/);
    expect(page).toMatch(
      /order +MAINTENANCE STANDBY: takes nothing, even if the partner dies; by .*: new memory/,
    );

    const back = await standby.lvsctl('handover');
    expect([back.status, back.stdout]).toEqual([1, '']);
    expect(back.stderr).toContain('not handed over');
    expect(await pair.holders()).toEqual([standby.role]);

    const off = await active.lvsctl('standby', 'off');
    expect(off).toMatchObject({ status: 0, stdout: 'maintenance standby off: a usual standby again\n' });
    expect((await standby.lvsctl('handover')).status).toBe(0);
    expect((await pair.settled()).active.role).toBe(active.role);
    await pause(AFTERMATH_MS);
    await stream.stop();
    expect(stream.describe(zeroMs)).toBe('');
  });

  it('stays out when the partner dies, says so, and takes over when the order ends', async () => {
    const { active, standby } = await pair.settled();
    expect((await standby.lvsctl('standby', 'on')).status).toBe(0);
    await active.crash();
    await pair.waitFor('the alarm', async () => (await standby.events()).includes('PULSE_MAINTENANCE_ALONE'));
    await pause(NO_TAKEOVER_MS);
    expect(await pair.holders()).toEqual([]);
    expect((await standby.lvsctl('standby', 'on')).status).toBe(0);
    expect((await standby.lvsctl('standby', 'off')).status).toBe(0);
    await pair.waitFor('a takeover', async () => (await standby.pulse()).active);
    active.start();
    expect((await pair.settled()).active.role).toBe(standby.role);
  });

  it('unless alone: takes over when the partner dies, over a restart too', async () => {
    const { active, standby } = await pair.settled();
    expect((await standby.lvsctl('standby', 'on', '--unless-alone')).status).toBe(0);
    await restart(standby);
    await pair.settled();
    await active.crash();
    await pair.waitFor('a takeover', async () => (await standby.pulse()).active);
    expect((await standby.pulse()).maintenance).toMatchObject({ unlessAlone: true });
    active.start();
    await pair.settled();
    expect((await standby.lvsctl('standby', 'off')).status).toBe(0);
  });

  it('is refused without a partner that serves, and then nothing has changed', async () => {
    const { active, standby } = await pair.settled();
    await standby.crash();
    await pair.waitFor('a silent partner', async () => (await active.pulse()).partner === 'silent');
    const refused = await active.lvsctl('standby', 'on');
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toBe(
      'lvsctl: maintenance standby is not on: no partner is heard [PULSE_MAINTENANCE_REFUSED]\n',
    );
    expect(await pair.holders()).toEqual([active.role]);
    expect((await active.pulse()).maintenance).toBeUndefined();

    const forced = await active.lvsctl('standby', 'on', '--force');
    expect(forced.status).toBe(0);
    await pair.waitFor('nobody with the address', async () => (await pair.holders()).length === 0);
    standby.start();
    expect((await pair.settled()).active.role).toBe(standby.role);
    expect((await active.lvsctl('standby', 'off')).status).toBe(0);
  });

  it('a file that nobody understands keeps the node out until somebody ends that', async () => {
    const { active, standby } = await pair.settled();
    expect((await standby.lvsctl('standby', 'on')).status).toBe(0);
    writeFileSync(orderFile(standby), readFileSync(orderFile(standby)).subarray(0, 20));
    await restart(standby);
    expect((await pair.settled()).active.role).toBe(active.role);
    expect(await standby.events()).toContain('PULSE_MAINTENANCE_BROKEN');
    expect((await standby.pulse()).maintenance).toMatchObject({ by: 'unknown', unlessAlone: false });
    expect((await standby.lvsctl('standby', 'off')).status).toBe(0);
    await restart(standby);
    expect((await standby.pulse()).maintenance).toBeUndefined();
  });
});
