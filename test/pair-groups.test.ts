import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GroupStatus } from '@piranha/protocol';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';
import { type PairLayout, pairConfiguration, service } from './support/pair-configuration.js';
import { signal } from './support/processes.js';

const directory = mkdtempSync(join(tmpdir(), 'piranha-groups-'));
const keyFile = join(directory, 'beat.keys');
const GROUP = 'vip_group post {\n  virtual = other\n  preferred = backup\n}\n';

const changes = {
  lines: () => [`heartbeat_key = ${keyFile}`, 'failback_hold = 1'],
  second: true,
} as const;

beforeAll(() => writeFileSync(keyFile, `${newBeatKeyLine(1)}\n`, { mode: 0o600 }));
afterAll(() => rmSync(directory, { recursive: true }));

/** Which directors hold the address of the main group, and that of the other one. */
async function holdersOf(pair: Pair): Promise<string> {
  const { vip, otherVip } = pair.layout;
  return `${await pair.holders(vip)} ${await pair.holders(otherVip)}`;
}

async function groupOf(director: Director, name: string): Promise<GroupStatus | undefined> {
  return (await director.pulse()).groups?.find((group) => group.name === name);
}

/** Waits until the groups are held so, and both directors are ready for a move. */
async function held(pair: Pair, wanted: string): Promise<void> {
  await pair.waitFor(`the groups to be held by ${wanted}`, async () => (await holdersOf(pair)) === wanted);
}

/** Waits until each director knows the other one as ready. */
async function ready(pair: Pair, servers = 6): Promise<void> {
  await pair.waitFor('both to know that the other is ready', async () => {
    for (const director of [pair.primary, pair.backup]) {
      const { heartbeat, partner } = await director.pulse();
      const { firstVerdicts, serversUp } = heartbeat?.partner?.readiness ?? {};
      if (partner === 'silent' || firstVerdicts !== true || serversUp !== servers) return false;
    }
    return true;
  });
}

const APART = 'primary backup';

describe('two directors that hold a group each', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = new Pair({ ...changes, blocks: () => GROUP });
    await pair.startServers();
    pair.primary.start();
    pair.backup.start();
    await held(pair, APART);
    await ready(pair);
  });
  afterAll(() => pair?.stop());

  it('say so in status, log and metrics', async () => {
    expect(await groupOf(pair.primary, 'main')).toMatchObject({ active: true, partner: 'stopped' });
    expect(await groupOf(pair.primary, 'post')).toMatchObject({ active: false, partner: 'running' });
    expect(await groupOf(pair.backup, 'post')).toMatchObject({ active: true, preferred: 'backup' });
    const status = await pair.backup.lvsctl('status');
    expect(status.stdout).toMatch(/group +post: ACTIVE \(active\), prefers the backup, partner stopped/);
    expect(status.stdout).toMatch(/group +main: STANDBY/);
    expect(readFileSync(pair.backup.logFile, 'utf8')).toMatch(/\[PULSE_ACTIVE\].* group=post/);
    const metrics = await pair.primary.lvsctl('metrics');
    expect(metrics.stdout).toContain('piranha_group_active{group="main"} 1');
    expect(metrics.stdout).toContain('piranha_group_active{group="post"} 0');
  });

  it('a death moves what the dead one had, and nothing else; what it had comes home when it is back', async () => {
    const zeroMs = performance.now();
    const other = pair.traffic(false, pair.layout.otherVip);
    await pair.primary.crash();
    await held(pair, 'backup backup');
    const main = pair.traffic();
    pair.primary.start();
    await held(pair, APART);
    await ready(pair);
    await Promise.all([main.stop(), other.stop()]);
    expect(other.describe(zeroMs)).toBe('');
    expect(main.describe(zeroMs)).toBe('');
    expect(other.successes.length).toBeGreaterThan(10);
    expect(await pair.backup.events()).toContain('PULSE_GROUP_FAILBACK');
  });

  it('an operator moves one group, which stays there, and moves it back', async () => {
    const zeroMs = performance.now();
    const streams = [pair.traffic(), pair.traffic(false, pair.layout.otherVip)];
    const moved = await pair.backup.lvsctl('handover', '--group', 'post');
    expect(moved.stdout).toContain('partner took over');
    await held(pair, 'primary primary');
    await ready(pair);
    const refused = await pair.backup.lvsctl('handover', '--group', 'post');
    expect(refused.stderr).toContain('this node is standby, not active');
    const unknown = await pair.primary.lvsctl('handover', '--group', 'pots');
    expect(unknown.stderr).toContain('PULSE_NO_GROUP');
    expect((await pair.primary.lvsctl('handover', '--group', 'post')).status).toBe(0);
    await held(pair, APART);
    await Promise.all(streams.map((stream) => stream.stop()));
    expect(streams.map((stream) => stream.describe(zeroMs))).toEqual(['', '']);
  });

  it('a killed pulse goes on with its own group alone', async () => {
    await ready(pair);
    const zeroMs = performance.now();
    const streams = [pair.traffic(), pair.traffic(false, pair.layout.otherVip)];
    for (const director of [pair.primary, pair.backup]) {
      const { pid } = await director.pulse();
      signal(pid, 'SIGKILL');
      await pair.waitFor('another pulse', async () => (await director.pulse()).pid !== pid);
      await ready(pair);
      expect(await holdersOf(pair)).toBe(APART);
    }
    await Promise.all(streams.map((stream) => stream.stop()));
    expect(streams.map((stream) => stream.describe(zeroMs))).toEqual(['', '']);
  });

  it('an order of maintenance standby moves all groups of a director; they come home behind it', async () => {
    await ready(pair);
    const ordered = await pair.backup.lvsctl('standby', 'on');
    expect(ordered.stderr).toBe('');
    await held(pair, 'primary primary');
    expect((await pair.backup.pulse()).maintenance).toBeDefined();
    await pair.waitFor('the primary to note that the preferred one is out', () => {
      const saved = JSON.parse(readFileSync(pair.primary.files.pulseState, 'utf8')) as {
        groups?: { name: string; missed: boolean }[];
      };
      return saved.groups?.some(({ name, missed }) => name === 'post' && missed) === true;
    });
    expect((await pair.backup.lvsctl('standby', 'off')).status).toBe(0);
    await held(pair, APART);
  });

  it('a file that would tear what is held apart is refused, and changes nothing', async () => {
    const before = readFileSync(pair.configFile, 'utf8');
    writeFileSync(pair.configFile, before.replace(GROUP, ''));
    const refused = await pair.primary.lvsctl('reload');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('this director holds main and not post');
    writeFileSync(pair.configFile, before);
    expect((await pair.primary.lvsctl('reload')).status).toBe(0);
    expect(await holdersOf(pair)).toBe(APART);
  });

  it('a director that is stopped hands all its groups over without a refused connection', async () => {
    await ready(pair);
    const zeroMs = performance.now();
    const streams = [pair.traffic(), pair.traffic(false, pair.layout.otherVip)];
    signal(await pair.backup.guardianPid(), 'SIGTERM');
    await pair.backup.ended();
    expect(await holdersOf(pair)).toBe('primary primary');
    await Promise.all(streams.map((stream) => stream.stop()));
    expect(streams.map((stream) => stream.describe(zeroMs))).toEqual(['', '']);
  });
});

describe('a pair whose file gets groups', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = new Pair(changes);
    await pair.start();
  });
  afterAll(() => pair?.stop());

  it('goes over to them by a reload on each director, and each group goes to who is preferred', async () => {
    await pair.settled();
    if (!(await pair.primary.pulse()).active) await pair.backup.lvsctl('handover');
    await held(pair, 'primary primary');
    const zeroMs = performance.now();
    const streams = [pair.traffic(), pair.traffic(false, pair.layout.otherVip)];
    writeFileSync(pair.configFile, pairConfiguration(pair.layout, { ...changes, blocks: () => GROUP }));
    expect((await pair.primary.lvsctl('reload')).status).toBe(0);
    const early = await pair.primary.lvsctl('handover', '--group', 'post');
    expect(early.stderr).toContain('the lvs.cf of the partner has no group post yet');
    expect(await holdersOf(pair)).toBe('primary primary');
    expect((await pair.backup.lvsctl('reload')).status).toBe(0);
    await held(pair, APART);
    await Promise.all(streams.map((stream) => stream.stop()));
    expect(streams.map((stream) => stream.describe(zeroMs))).toEqual(['', '']);
  });

  it('goes back to one once a director holds all', async () => {
    await ready(pair);
    expect((await pair.backup.lvsctl('handover')).status).toBe(0);
    await held(pair, 'primary primary');
    writeFileSync(pair.configFile, pairConfiguration(pair.layout, changes));
    expect((await pair.primary.lvsctl('reload')).status).toBe(0);
    expect((await pair.backup.lvsctl('reload')).status).toBe(0);
    expect((await pair.primary.pulse()).groups).toBeUndefined();
    expect(await holdersOf(pair)).toBe('primary primary');
  });
});

describe('a group whose address cannot be held', () => {
  const lost = (layout: PairLayout) => layout.vip.replace(/100$/, '102');
  let pair: Pair;
  let squatter: Server | undefined;
  beforeAll(async () => {
    pair = new Pair({
      ...changes,
      blocks: (layout) =>
        `${service(layout, 'lost', lost(layout))}${GROUP}vip_group lost {\n  virtual = lost\n}\n`,
    });
    await pair.startServers();
    pair.primary.start();
    pair.backup.start();
    await held(pair, APART);
    await pair.waitFor(
      'the third group at the primary',
      async () => (await groupOf(pair.primary, 'lost'))?.state === 'active',
    );
    await ready(pair, 9);
  });
  afterAll(async () => {
    await pair?.stop();
    squatter?.close();
  });

  it('leaves the others alone, wherever they move', async () => {
    const zeroMs = performance.now();
    const other = pair.traffic(false, pair.layout.otherVip);
    await pair.primary.crash();
    // Before the backup takes over, somebody else serves there.
    squatter = createServer().listen(pair.layout.vipPort, lost(pair.layout));
    await once(squatter, 'listening');
    await held(pair, 'backup backup');
    expect((await groupOf(pair.backup, 'lost'))?.state).toBe('taking');
    const main = pair.traffic();
    pair.primary.start();
    await held(pair, APART);
    await Promise.all([main.stop(), other.stop()]);
    expect(main.describe(zeroMs)).toBe('');
    expect(other.describe(zeroMs)).toBe('');
  });
});
