import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlive } from '@piranha/common';
import type { Diagnostic, LvsConfiguration, VirtualServerConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import { MemoryDirector, type Table, type TableOperation } from '@piranha/ipvs';
import { ControlClient, type LvsdStatus, runDirectory } from '@piranha/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { prepareSetup } from '../../src/core/setup.js';
import { desiredOf } from '../../src/core/table-tools.js';
import { Daemon } from '../../src/shell/daemon.js';
import { AGENT as agent, configurationOf, realServer, virtualServer } from '../support.js';

const FAKE_NANNY = fileURLToPath(new URL('../fixtures/fake-nanny.mjs', import.meta.url));
const TWO = [realServer(), realServer({ name: 'two', address: '10.0.0.12' })];
const QUIET = { verbose: false, foreground: false };

let directory: string;
let director: MemoryDirector;
let lines: string[];
let daemon: Daemon | undefined;
/** What the next reload finds in the file. */
let file: { configuration: LvsConfiguration | undefined; diagnostics: Diagnostic[] };
/** Set while the backend is there; called to cut its connection. */
let cutBackend: (() => void) | undefined;
let backendThere: boolean;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvsd-'));
  director = new MemoryDirector();
  lines = [];
  backendThere = true;
  cutBackend = undefined;
});

afterEach(async () => {
  await daemon?.stop('test');
  daemon = undefined;
  // The record of owned entries may still be on its way to the disk.
  rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
});

const log: EventLog = {
  log: (id, fields = {}) => lines.push(`${id} ${JSON.stringify(fields)}`),
  history: () => [],
  close: () => Promise.resolve(),
};

function logged(id: string): number {
  return lines.filter((line) => line.startsWith(`${id} `)).length;
}

async function start(services: readonly VirtualServerConfig[], changes: Partial<LvsConfiguration> = {}) {
  file = { configuration: configurationOf(services, changes), diagnostics: [] };
  const load = async () => {
    const { configuration } = file;
    const result = { ...file, file: 'lvs.cf' };
    return { result, setup: configuration && prepareSetup(configuration, QUIET) };
  };
  const { setup } = await load();
  if (!setup) throw new Error('no setup');
  const options = {
    configFile: 'lvs.cf',
    directorName: 'memory',
    run: runDirectory(directory),
    stateDirectory: join(directory, 'state'),
    log,
    nannyProgram: FAKE_NANNY,
    load,
    describe: (result: { diagnostics: readonly Diagnostic[] }) => result.diagnostics.map(({ text }) => text),
    openDirector: (onLost: () => void) => {
      if (!backendThere) return Promise.reject(new Error('refused'));
      cutBackend = onLost;
      return Promise.resolve({ director, close: () => undefined });
    },
  };
  daemon = await Daemon.start(options, setup);
  return daemon;
}

function say(address: string, verdict: 'up' | 'down'): void {
  writeFileSync(join(directory, `verdict-${address}`), verdict);
}

function fill(
  services: readonly VirtualServerConfig[],
  extra: readonly TableOperation[] = [],
): Promise<unknown> {
  const table = desiredOf(configurationOf(services), () => 'up');
  const operations = table.services.flatMap(({ servers, ...service }): TableOperation[] => [
    { type: 'addService', service },
    ...servers.map((server): TableOperation => ({ type: 'addServer', key: service.key, server })),
  ]);
  return director.apply([...operations, ...extra]);
}

/** Real servers in the live table as `address weight`. */
async function entries(): Promise<string[]> {
  const { services }: Table = await director.readTable();
  return services
    .flatMap(({ servers }) => servers.map(({ address, weight }) => `${address} ${weight}`))
    .sort();
}

async function status(): Promise<LvsdStatus> {
  const client = await ControlClient.connect({ path: runDirectory(directory).lvsdSocket });
  try {
    return (await client.call('status')) as LvsdStatus;
  } finally {
    client.close();
  }
}

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

async function startBothUp() {
  const running = await start([virtualServer({ servers: TWO })]);
  say('10.0.0.11', 'up');
  say('10.0.0.12', 'up');
  await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1', '10.0.0.12 1']));
  const pids = (await status()).services[0]?.servers.map(({ nannyPid }) => nannyPid);
  return { running, pids };
}

describe('Daemon', { timeout: 30_000 }, () => {
  it('lets servers in by their verdicts, takes them out, and is ready when all have one', async () => {
    await start([virtualServer({ servers: TWO })]);
    say('10.0.0.11', 'up');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1']));
    expect((await status()).ready).toBe(false);
    say('10.0.0.12', 'up');
    await eventually(async () => expect((await status()).ready).toBe(true));
    say('10.0.0.11', 'down');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.12 1']));
    const { services, tableInSync } = await status();
    expect(tableInSync).toBe(true);
    expect(services[0]?.servers[0]).toMatchObject({ health: 'down', reason: 'the file says down' });
    expect(logged('LVSD_MONITOR_START')).toBe(2);
    expect(logged('NANNY_SERVER_UP')).toBe(2);
  });

  it('moves a weight that its agent moves, and lets a server that returns start slowly', async () => {
    const servers = [
      realServer({ weight: 100, weighing: { slowStart: 0, follows: 'agent', agent } }),
      realServer({ address: '10.0.0.12', weight: 100, weighing: { slowStart: 600_000, follows: 'nothing' } }),
    ];
    await start([virtualServer({ servers })]);
    for (const { address } of servers) say(address, 'up');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 100', '10.0.0.12 100']));
    writeFileSync(join(directory, 'reading-10.0.0.11'), '{"kind":"agent","percent":40}');
    say('10.0.0.12', 'down');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 40']));
    say('10.0.0.12', 'up');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 40', '10.0.0.12 1']));
    writeFileSync(join(directory, 'reading-10.0.0.11'), '{"kind":"agent","order":"drain"}');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 0', '10.0.0.12 1']));
    expect((await status()).services[0]?.servers[0]).toMatchObject({
      health: 'up',
      weight: 0,
      movingWeight: 0,
    });
    expect(lines.findLast((line) => line.startsWith('LVSD_WEIGHT'))).toContain('its agent says drain');
  });

  it('says when a quorum is lost and reached, and in a panic keeps the servers of before', async () => {
    const three = [...TWO, realServer({ name: 'three', address: '10.0.0.13' })];
    const quorum = { weight: 2, hysteresis: 0, upCommand: undefined, downCommand: undefined };
    const sorryServer = '10.0.0.99';
    await start([
      virtualServer({ servers: three, quorum, sorryServer }),
      virtualServer({ name: 'panic', port: 81, servers: three, panicPercent: 50 }),
    ]);
    for (const { address } of three) say(address, 'up');
    await eventually(async () => expect((await status()).ready).toBe(true));
    await eventually(() => expect(logged('LVSD_QUORUM_UP')).toBe(1));
    say('10.0.0.11', 'down');
    const two = ['10.0.0.12 1', '10.0.0.13 1'];
    await eventually(async () => expect(await entries()).toEqual([...two, ...two].sort()));
    say('10.0.0.12', 'down');
    const lost = ['10.0.0.13 0', '10.0.0.99 1'];
    await eventually(async () => expect(await entries()).toEqual([...lost, ...two].sort()));
    expect([logged('LVSD_QUORUM_DOWN'), logged('LVSD_PANIC_ON')]).toEqual([1, 1]);
    say('10.0.0.11', 'up');
    say('10.0.0.12', 'up');
    const all = three.map(({ address }) => `${address} 1`);
    await eventually(async () => expect(await entries()).toEqual([...all, ...all].sort()));
    expect([logged('LVSD_QUORUM_UP'), logged('LVSD_PANIC_OFF')]).toEqual([2, 1]);
  });

  it('gives a nanny its socket, its name, its state and a PATH, and nothing else', async () => {
    await start([virtualServer()]);
    const path = join(directory, 'environment-10.0.0.11');
    await eventually(() => expect(readFileSync(path, 'utf8')).toContain('}'));
    const names = Object.keys(JSON.parse(readFileSync(path, 'utf8')) as object);
    expect(names.sort()).toEqual([
      'MALLOC_ARENA_MAX',
      'PATH',
      'PIRANHA_LVSD_SOCKET',
      'PIRANHA_NANNY_ID',
      'PIRANHA_NANNY_STATE',
    ]);
  });

  it('adopts the table it finds and leaves foreign entries alone', async () => {
    const foreign = virtualServer({ name: 'foreign', port: 22 });
    await fill([virtualServer({ servers: TWO }), foreign]);
    const before = await director.readTable();
    await start([virtualServer({ servers: TWO })]);
    await eventually(async () => expect((await status()).services[0]?.servers[0]?.nannyPid).toBeDefined());
    const { services, foreignEntries } = await status();
    expect(services[0]?.servers.map(({ health, reason }) => `${health} ${reason}`)).toEqual([
      'up adopted from the table',
      'up adopted from the table',
    ]);
    expect(foreignEntries).toEqual(['tcp 10.0.0.9:22']);
    expect(await director.readTable()).toEqual(before);
    await daemon?.stop('test');
    expect(await entries()).toEqual(['10.0.0.11 1']);
  });

  it('starts a dead nanny again and kills a hung one, while their server stays', async () => {
    await start([virtualServer()]);
    say('10.0.0.11', 'up');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1']));
    const first = (await status()).services[0]?.servers[0]?.nannyPid;
    if (first === undefined) throw new Error('no nanny');
    process.kill(first, 'SIGKILL');
    await eventually(async () => expect((await status()).services[0]?.servers[0]?.nannyStarts).toBe(2));
    await eventually(() => expect(logged('NANNY_SERVER_UP')).toBe(2));
    const second = (await status()).services[0]?.servers[0]?.nannyPid;
    if (second === undefined) throw new Error('no second nanny');
    process.kill(second, 'SIGSTOP');
    await eventually(async () => expect((await status()).services[0]?.servers[0]?.nannyStarts).toBe(3));
    expect(logged('LVSD_NANNY_DIED')).toBe(2);
    expect(logged('LVSD_NANNY_HANGS')).toBe(1);
    expect(await entries()).toEqual(['10.0.0.11 1']);
  });

  it('brings the sorry server in and out', async () => {
    await start([virtualServer({ sorryServer: '10.0.0.99' })]);
    say('10.0.0.11', 'down');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.99 1']));
    expect((await status()).services[0]?.sorryServerActive).toBe(true);
    say('10.0.0.11', 'up');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1']));
    expect(logged('LVSD_SORRY_ON')).toBe(1);
    expect(logged('LVSD_SORRY_OFF')).toBe(1);
  });

  it('writes everything anew when the backend comes back empty', async () => {
    await start([virtualServer()]);
    say('10.0.0.11', 'up');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1']));
    backendThere = false;
    cutBackend?.();
    expect(logged('LVSD_DIRECTOR_LOST')).toBe(1);
    expect((await status()).problems).toEqual(['director lost: connection closed']);
    director = new MemoryDirector();
    backendThere = true;
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1']));
    expect(logged('LVSD_DIRECTOR_LOST')).toBe(1);
    expect(logged('LVSD_DIRECTOR_BACK')).toBe(1);
  });

  it('sets timeouts only when there are any', async () => {
    const setTimeouts = vi.spyOn(director, 'setTimeouts');
    await start([virtualServer()], { tcpTimeoutSeconds: 900 });
    await eventually(() =>
      expect(setTimeouts.mock.calls).toEqual([[{ tcpSeconds: 900, tcpFinSeconds: 0, udpSeconds: 0 }]]),
    );
  });

  it('stops clean: own entries, nannies and files are gone', async () => {
    const running = await start([virtualServer()]);
    say('10.0.0.11', 'up');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1']));
    const pid = (await status()).services[0]?.servers[0]?.nannyPid ?? 0;
    await running.stop(15);
    expect((await director.readTable()).services).toEqual([]);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const { lvsdPid, ownedEntries, lvsdSocket } = runDirectory(directory);
    for (const path of [lvsdPid, ownedEntries, lvsdSocket])
      expect(() => readFileSync(path)).toThrow('ENOENT');
  });

  it('leaves table and record as they are when it was asked to leave, and stops its nannies', async () => {
    const { running, pids } = await startBothUp();
    const client = await ControlClient.connect({ path: runDirectory(directory).lvsdSocket });
    await client.call('leave');
    await running.stop(15);
    client.close();
    expect(await entries()).toEqual(['10.0.0.11 1', '10.0.0.12 1']);
    expect(readFileSync(runDirectory(directory).ownedEntries, 'utf8')).toContain('10.0.0.11:80');
    for (const pid of pids ?? []) expect(isAlive(pid ?? 0)).toBe(false);
    expect(logged('LVSD_LEFT')).toBe(1);
  });

  it('refuses a run directory that is in use', async () => {
    await start([virtualServer()]);
    await expect(start([virtualServer()])).rejects.toMatchObject({ code: 'CONTROL_IN_USE' });
  });
});

describe('Daemon reload', { timeout: 30_000 }, () => {
  it('leaves everything as it is when the file is broken', async () => {
    const { running, pids } = await startBothUp();
    const before = await director.readTable();
    const text = 'lvs.cf:3:1: error CF_UNKNOWN_DIRECTIVE: unknown command';
    file = {
      configuration: undefined,
      diagnostics: [{ severity: 'error', code: 'CF_UNKNOWN_DIRECTIVE', line: 3, column: 1, text }],
    };
    expect(await running.reload()).toEqual({ ok: false, diagnostics: [text], operations: [] });
    expect(await director.readTable()).toEqual(before);
    const after = await status();
    expect(after.services[0]?.servers.map(({ nannyPid }) => nannyPid)).toEqual(pids);
    expect(after.lastReload).toMatchObject({ ok: false, text });
    expect(lines).toContain('LVSD_RELOAD_REFUSED {"file":"lvs.cf","line":3}');
  });

  it('touches the one weight that changed and keeps the other nanny', async () => {
    const { running, pids } = await startBothUp();
    const heavier = [realServer({ weight: 5 }), TWO[1] ?? realServer()];
    file = { configuration: configurationOf([virtualServer({ servers: heavier })]), diagnostics: [] };
    const answer = await running.reload();
    expect(answer.ok).toBe(true);
    expect(answer.operations).toHaveLength(1);
    expect(await entries()).toEqual(['10.0.0.11 5', '10.0.0.12 1']);
    await eventually(async () => {
      const now = (await status()).services[0]?.servers.map(({ nannyPid }) => nannyPid);
      expect(now?.[0]).toBeDefined();
      expect(now?.[0]).not.toBe(pids?.[0]);
      expect(now?.[1]).toBe(pids?.[1]);
    });
    expect(logged('LVSD_NANNY_DIED')).toBe(0);
    expect(await entries()).toEqual(['10.0.0.11 5', '10.0.0.12 1']);
  });

  it('adds and removes servers and services, and keeps those that only changed their name', async () => {
    const { running } = await startBothUp();
    const renamed = virtualServer({ name: 'www', servers: TWO.slice(1) });
    const added = virtualServer({ name: 'dns', port: 53, servers: [realServer({ port: 53 })] });
    file = { configuration: configurationOf([renamed, added]), diagnostics: [] };
    await running.reload();
    expect((await director.readTable()).services).toHaveLength(2);
    const first = (await status()).services[0];
    expect(first?.servers[0]).toMatchObject({ health: 'up', weight: 1 });
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1', '10.0.0.12 1']));
  });
});
