import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';
import { signal } from './support/processes.js';
import { runProgram } from './support/run-program.js';
import { SuiteCopy } from './support/suite-copy.js';
import { contents, TableSamples } from './support/table-samples.js';
import type { Traffic } from './support/traffic.js';

/** ipvsu is the data plane itself: what a noisy machine may take until its successor listens. */
const CUT_LIMIT_MS = 10_000;
/** Traffic before and after an event, ms. */
const RUN_UP_MS = 200;
const AFTERMATH_MS = 1_000;
const HOW = ['restarted', 'upgraded'] as const;

let suite: SuiteCopy;
let pair: Pair;
let active: Director;
let standby: Director;
/** One server is up, one is down, one is drained. */
let expected: string;
let traffic: Traffic | undefined;
let samples: TableSamples | undefined;

beforeAll(async () => {
  suite = new SuiteCopy();
  pair = new Pair({ weights: [1, 1, 0] }, (name) => suite.programPath(name));
  await pair.start();
  ({ active, standby } = await pair.settled());
  await pair.stopServer(1);
  const [up, , drained] = pair.layout.servers;
  expected = `${up} 1, ${drained} 0`;
  for (const director of [active, standby]) {
    await pair.waitFor('the dead server out of both tables', async () => {
      return (await contents(director)) === expected && (await director.lvsd()).ready;
    });
  }
});
afterEach(async () => {
  await traffic?.stop();
  await samples?.end();
});
afterAll(async () => {
  await pair?.stop();
  suite?.remove();
});

async function nannyPid(server: number): Promise<number> {
  const pid = (await active.lvsd()).services[0]?.servers[server]?.nannyPid;
  if (pid === undefined) throw new Error(`server ${server} has no nanny`);
  return pid;
}

const versions = async () => [(await active.pulse()).version, (await active.lvsd()).version];

/** `lvsctl restart` of the installed version; the pid that it names. */
async function restart(daemon: string): Promise<number> {
  const { directory } = active.files;
  const words = ['restart', daemon, '--json', '--run-dir', directory];
  const { status, stdout, stderr } = await runProgram(
    'lvsctl',
    words,
    directory,
    suite.programPath('lvsctl'),
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const answer = JSON.parse(stdout) as { restarted: { daemon: string; pid: number; durationMs: number }[] };
  expect(answer.restarted.map((one) => one.daemon)).toEqual([daemon]);
  console.info(`${daemon}: another one after ${answer.restarted[0]?.durationMs} ms`);
  return answer.restarted[0]?.pid ?? 0;
}

/** Does it under traffic, and looks that nobody has noticed. */
async function unnoticed(what: () => Promise<unknown>): Promise<void> {
  const before = await active.pulse();
  const zeroMs = performance.now();
  const stream = pair.traffic();
  const table = new TableSamples(active);
  [traffic, samples] = [stream, table];
  await pause(RUN_UP_MS);
  await what();
  await pause(AFTERMATH_MS);
  await stream.stop();
  expect(await table.end()).toEqual([expected]);
  expect(table.count).toBeGreaterThan(10);
  expect(stream.describe(zeroMs)).toBe('');
  expect(stream.requests).toBeGreaterThan(10);
  await unmoved(before.since);
}

/** Same holder since the same time, and every server is what it was. */
async function unmoved(since: string): Promise<void> {
  expect(await active.pulse()).toMatchObject({ active: true, since });
  expect((await standby.pulse()).active).toBe(false);
  expect(await pair.holders()).toEqual([active.role]);
  await pair.waitFor('verdicts as before', async () => {
    const { ready, services } = await active.lvsd();
    const health = services[0]?.servers.map((server) => server.health).join(' ');
    return ready && health === 'up down up';
  });
  expect(await contents(active)).toBe(expected);
}

describe.each(['pulse', 'guardian', 'lvsd'])('%s of the active director under traffic', (daemon) => {
  it.each(HOW)('%s by lvsctl: no failover, no lost request, no forgotten server', async (how) => {
    const before = await versions();
    if (how === 'upgraded') suite.upgrade();
    await unnoticed(() => restart(daemon));
    const { version } = suite;
    const after = [daemon === 'pulse' ? version : before[0], daemon === 'lvsd' ? version : before[1]];
    expect(await versions()).toEqual(after);
  });
});

describe('all of them after an update, as an operator does it', () => {
  it('lvsctl restart: no failover, no lost request, everything is of the new version', async () => {
    const version = suite.upgrade();
    const { directory } = active.files;
    await unnoticed(async () => {
      const words = ['restart', '--run-dir', directory];
      const { status, stdout } = await runProgram('lvsctl', words, directory, suite.programPath('lvsctl'));
      expect(status).toBe(0);
      expect(stdout).toMatch(/^pulse: pid \d+.*\nguardian: pid \d+.*\nlvsd: pid \d+.*\n$/);
    });
    expect(await versions()).toEqual([version, version]);
  });
});

describe('what is known of servers', () => {
  it('outlives a SIGKILL of lvsd: what is down stays down, what is drained stays drained', async () => {
    await unnoticed(async () => {
      const { pid } = await active.lvsd();
      signal(pid, 'SIGKILL');
      await pair.waitFor('another lvsd', async () => (await active.lvsd()).pid !== pid);
    });
  });
});

describe('what is known of servers, after an update', () => {
  beforeAll(() => void suite.upgrade());

  it.each([
    ['a server that is up', 0, 'SIGTERM'],
    ['the server that is down', 1, 'SIGTERM'],
    ['the server that is down', 1, 'SIGKILL'],
    ['the drained server', 2, 'SIGKILL'],
  ] as const)('outlives the nanny of %s (%i), ended by %s', async (_, server, name) => {
    await unnoticed(async () => {
      const pid = await nannyPid(server);
      signal(pid, name);
      await pair.waitFor('another nanny', async () => (await nannyPid(server)) !== pid);
    });
  });
});

describe('ipvsu of the active director under traffic', () => {
  it.each(HOW)(
    '%s by lvsctl: refused for a bounded time, then flawless; no server is mistaken',
    async (how) => {
      if (how === 'upgraded') suite.upgrade();
      const before = await active.pulse();
      const stream = pair.traffic();
      const table = new TableSamples(active);
      [traffic, samples] = [stream, table];
      await pause(RUN_UP_MS);
      const struckAtMs = performance.now();
      await restart('ipvsu');
      await pair.waitFor('the address again', async () => (await pair.holders()).length === 1);
      await pause(AFTERMATH_MS);
      await stream.stop();
      const lastMs = Math.max(struckAtMs, ...stream.failures.map(({ endedAtMs }) => endedAtMs));
      console.info(`ipvsu ${how}: refused for ${Math.round(lastMs - struckAtMs)} ms`);
      expect(lastMs - struckAtMs, stream.describe(struckAtMs)).toBeLessThan(CUT_LIMIT_MS);
      const [, down = '', drained = ''] = pair.layout.servers;
      for (const content of await table.end()) {
        expect(content).not.toContain(`${down} `);
        expect(content.replace(`${drained} 0`, '')).not.toContain(`${drained} `);
      }
      await unnoticed(async () => undefined);
      await unmoved(before.since);
    },
  );
});

describe('after all of that', () => {
  it('a server that comes back is noticed', async () => {
    await pair.startServer(1);
    await pair.waitFor('the revived server', async () => {
      const health = (await active.lvsd()).services[0]?.servers.map((server) => server.health);
      return health?.join(' ') === 'up up up';
    });
  });
});
