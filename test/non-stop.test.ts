import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';
import { signal } from './support/processes.js';
import { runProgram } from './support/run-program.js';
import { SuiteCopy } from './support/suite-copy.js';
import { UnnoticedPair } from './support/unnoticed.js';

/** ipvsu is the data plane itself: what a noisy machine may take until its successor listens. */
const CUT_LIMIT_MS = 10_000;
const HOW = ['restarted', 'upgraded'] as const;

let suite: SuiteCopy;
let pair: Pair;
let watched: UnnoticedPair;
let active: Director;

beforeAll(async () => {
  suite = new SuiteCopy();
  pair = new Pair({ weights: [1, 1, 0] }, (name) => suite.programPath(name));
  watched = await UnnoticedPair.start(pair);
  ({ active } = watched);
});
afterEach(() => watched?.end());
afterAll(async () => {
  await pair?.stop();
  suite?.remove();
});

const unnoticed = (what: () => Promise<unknown>) => watched.unnoticed(what);

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

describe.each(['pulse', 'guardian', 'lvsd'])('%s of the active director under traffic', (daemon) => {
  it.each(HOW)('%s by lvsctl: no failover, no lost request, no forgotten server', async (how) => {
    const before = await watched.versions();
    if (how === 'upgraded') suite.upgrade();
    await unnoticed(() => restart(daemon));
    const { version } = suite;
    const after = [daemon === 'pulse' ? version : before[0], daemon === 'lvsd' ? version : before[1]];
    expect(await watched.versions()).toEqual(after);
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
    expect(await watched.versions()).toEqual([version, version]);
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
      const pid = await watched.nannyPid(server);
      signal(pid, name);
      await pair.waitFor('another nanny', async () => (await watched.nannyPid(server)) !== pid);
    });
  });
});

describe('ipvsu of the active director under traffic', () => {
  it.each(HOW)(
    '%s by lvsctl: refused for a bounded time, then flawless; no server is mistaken',
    async (how) => {
      if (how === 'upgraded') suite.upgrade();
      const before = await active.pulse();
      const { stream, table } = await watched.watch();
      const struckAtMs = performance.now();
      await restart('ipvsu');
      await pair.waitFor('the address again', async () => (await pair.holders()).length === 1);
      await watched.aftermath();
      const lastMs = Math.max(struckAtMs, ...stream.failures.map(({ endedAtMs }) => endedAtMs));
      console.info(`ipvsu ${how}: refused for ${Math.round(lastMs - struckAtMs)} ms`);
      expect(lastMs - struckAtMs, stream.describe(struckAtMs)).toBeLessThan(CUT_LIMIT_MS);
      const [, down = '', drained = ''] = pair.layout.servers;
      for (const content of await table.end()) {
        expect(content).not.toContain(`${down} `);
        expect(content.replace(`${drained} 0`, '')).not.toContain(`${drained} `);
      }
      await unnoticed(async () => undefined);
      await watched.unmoved(before.since);
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
