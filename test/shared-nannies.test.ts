import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryPath } from '@piranha/common';
import type { Table } from '@piranha/ipvs';
import { askOnce, type LvsdStatus, type ReloadAnswer, runDirectory } from '@piranha/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { markedEnvironment, signal } from './support/processes.js';

const WAIT = { timeout: 20_000, interval: 50 };
const SERVICES = 3;
const SERVERS = 100;
/** The last service has a check block; the others ask in the same way, so that one probe of a server is enough. */
const PROBES = 2 * (SERVERS + 1);
const CHECK_BLOCK = 'check alive {\n    kind = tcp\n  }';
/** No server listens there. */
const DEAD = '127.0.9.9';

const addresses = Array.from({ length: SERVERS }, (_, index) => `127.0.8.${index + 1}`);
const listeners = new Map<string, Server>();
let directory: string;
let port = 0;
let lvsd: ChildProcess;
let output = '';

async function listen(address: string): Promise<void> {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  server.listen(port, address);
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  listeners.set(address, server);
}

async function close(address: string): Promise<void> {
  const server = listeners.get(address);
  listeners.delete(address);
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
}

/** Every service has the same real servers behind an address of its own. */
function write(realServers: readonly string[], ownNannies: number | 'auto', more = ''): void {
  const servers = realServers.map(
    (address, index) => `  server s${index} {\n    address = ${address}\n    active = 1\n  }`,
  );
  const services = Array.from(
    { length: SERVICES },
    (_, index) => `virtual web${index} {
  active = 1
  address = 127.0.7.${index + 1} lo:1
  port = ${port}
  scheduler = rr
  timeout = 0.3
  reentry = 0.3
  ${index === SERVICES - 1 ? CHECK_BLOCK : ''}
${servers.join('\n')}
}`,
  );
  const head = `primary = 127.0.0.2\nservice = lvs\nnetwork = nat\nnanny_processes = ${ownNannies}\n${more}`;
  writeFileSync(join(directory, 'lvs.cf'), [head, ...services, ''].join('\n'));
}

const ask = (method: string) => askOnce(runDirectory(directory).lvsdSocket, method, 5_000);
const status = async () => (await ask('status')) as LvsdStatus;

/** Real servers with weight in the table, once for each service. */
async function entries(): Promise<string[]> {
  const { table } = (await ask('table')) as { table: Table };
  return table.services.flatMap(({ servers }) =>
    servers.filter(({ weight }) => weight > 0).map(({ address }) => address),
  );
}

async function expectEntries(count: number, without?: string): Promise<void> {
  await vi.waitFor(async () => {
    const found = await entries();
    expect(found).toHaveLength(count);
    if (without !== undefined) expect(found).not.toContain(without);
  }, WAIT);
}

/** The whole log is too long for the text of a failure. */
async function logged(line: RegExp): Promise<void> {
  await vi.waitFor(() => expect(line.test(output), String(line)).toBe(true), WAIT);
}

async function shared() {
  return (await status()).sharedNannies ?? [];
}

async function pids(): Promise<number[]> {
  return (await shared()).map(({ pid }) => pid ?? 0);
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-shared-'));
  for (const address of addresses) await listen(address);
  write([...addresses, DEAD], 'auto');
  const args = ['-n', '-c', join(directory, 'lvs.cf'), '--run-dir', directory, '--director', 'memory'];
  lvsd = spawn(process.execPath, [binaryPath('lvsd'), ...args], {
    argv0: 'lvsd',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: markedEnvironment(directory),
  });
  for (const stream of [lvsd.stdout, lvsd.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
});

afterAll(async () => {
  const ended = once(lvsd, 'exit');
  lvsd.kill('SIGTERM');
  await ended;
  for (const address of [...listeners.keys()]) await close(address);
  rmSync(directory, { recursive: true, force: true });
});

describe('300 real services watched by shared nannies', { timeout: 60_000 }, () => {
  it('get their verdicts, and each real server is probed once for all its services', async () => {
    await expectEntries(SERVICES * SERVERS, DEAD);
    await vi.waitFor(async () => {
      expect((await status()).ready).toBe(true);
      const loads = (await shared()).map(({ load }) => load);
      expect(sum(loads.map((load) => load?.services))).toBe(SERVICES * (SERVERS + 1));
      expect(sum(loads.map((load) => load?.probes))).toBe(PROBES);
      for (const load of loads) expect(load?.interval?.p50Ms).toBeGreaterThan(0);
    }, WAIT);
    const [first = 0] = await pids();
    const shown = execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(first)], { encoding: 'utf8' });
    expect(shown.trim()).toMatch(/^nanny --shared [1-4]$/);
    expect((await pids()).length).toBeLessThanOrEqual(4);
    const nannies = new Set(
      (await status()).services.flatMap(({ servers }) => servers.map(({ nannyPid }) => nannyPid)),
    );
    expect([...nannies].sort()).toEqual([...(await pids())].sort());
    await logged(/create_monitor for web1\/s7 running as pid \d+/);
    await logged(/\[ active \] making 127\.0\.8\.8:\d+ available/);
  });

  it('lose a server that stops listening, in each service', async () => {
    await close('127.0.8.5');
    await expectEntries(SERVICES * (SERVERS - 1), '127.0.8.5');
    const { services } = await status();
    for (const { servers } of services) {
      expect(servers[4]).toMatchObject({
        health: 'down',
        reason: expect.stringMatching(/127\.0\.8\.5:\d+ failed: .*ECONNRE/),
      });
    }
  });

  it('keep what is known of them while a shared nanny is killed or hangs, and are watched again', async () => {
    const before = await pids();
    for (const pid of before) signal(pid, 'SIGKILL');
    const starts = async () => (await shared()).map((one) => one.starts);
    await vi.waitFor(async () => expect(await starts()).toEqual(before.map(() => 2)), WAIT);
    expect(await entries()).toHaveLength(SERVICES * (SERVERS - 1));
    await listen('127.0.8.5');
    await expectEntries(SERVICES * SERVERS);
    const [first = 0] = await pids();
    signal(first, 'SIGSTOP');
    await vi.waitFor(async () => expect((await starts())[0]).toBe(3), WAIT);
    expect(await entries()).toHaveLength(SERVICES * SERVERS);
    await logged(/nanny shared \d for \d+ real services died! restarting it/);
    await logged(/nanny shared \d for \d+ real services hangs: killing it/);
  });

  it('refuse the signals that mean one real service', async () => {
    await vi.waitFor(async () => expect((await shared())[0]?.load).toBeDefined(), WAIT);
    const [first = 0] = await pids();
    signal(first, 'SIGUSR1');
    await logged(
      /signal 10 is for a nanny of one real service, not for one of \d+: take the server out with lvsctl disable/,
    );
    expect(await entries()).toHaveLength(SERVICES * SERVERS);
  });

  it('move one by one at a reload; the others stay where they are, without a new descriptor', async () => {
    const before = await pids();
    const open = () => sum(before.map((pid) => readdirSync(`/proc/${pid}/fd`).length));
    const openBefore = open();
    write([...addresses.slice(1), DEAD], 'auto');
    const answer = (await ask('reload')) as ReloadAnswer;
    expect(answer.operations).toHaveLength(SERVICES);
    await expectEntries(SERVICES * (SERVERS - 1), '127.0.8.1');
    write([...addresses, DEAD], 'auto');
    await ask('reload');
    await expectEntries(SERVICES * SERVERS);
    await vi.waitFor(async () => {
      const loads = (await shared()).map(({ load }) => load);
      expect(sum(loads.map((load) => load?.probes))).toBe(PROBES);
      expect(sum(loads.map((load) => load?.begun))).toBeGreaterThan(500);
    }, WAIT);
    expect(await pids()).toEqual(before);
    // Those of probes that are under way come and go.
    expect(open()).toBeLessThan(openBefore + 40);
  });

  it('are checked within a budget, with what that makes of their intervals in status', async () => {
    write([...addresses, DEAD], 'auto', 'probes_per_second = 150');
    await ask('reload');
    await vi.waitFor(async () => {
      const { probeRate, sharedNannies = [], services } = await status();
      expect(probeRate?.budgetPerSecond).toBe(150);
      expect(probeRate?.heldBack).toBeGreaterThan(0);
      expect(probeRate?.madePerSecond).toBeGreaterThan(0);
      expect(sum(sharedNannies.map(({ allowedPerSecond }) => allowedPerSecond))).toBeCloseTo(150);
      for (const { servers } of services) {
        const { configuredMs, actualMs = 0 } = servers[0]?.checkInterval ?? {};
        expect(configuredMs).toBe(300);
        // They ask for four times as much.
        expect(actualMs).toBeGreaterThan(600);
      }
    }, WAIT);
    expect(await entries()).toHaveLength(SERVICES * SERVERS);
    write([...addresses, DEAD], 'auto');
    await ask('reload');
    await vi.waitFor(async () => {
      const { probeRate, sharedNannies = [] } = await status();
      expect(probeRate).not.toHaveProperty('budgetPerSecond');
      expect(sum(sharedNannies.map(({ allowedPerSecond }) => allowedPerSecond))).toBe(0);
    }, WAIT);
  });

  it('come down to a nanny for each check without a gap when few are left', async () => {
    const sharedPids = await pids();
    write([...addresses.slice(0, 2)], 4);
    await ask('reload');
    await expectEntries(SERVICES * 2);
    await vi.waitFor(async () => {
      expect(await shared()).toEqual([]);
      const servers = (await status()).services.flatMap((service) => service.servers);
      // One for each real server, and one more for each check of its own that the last service has.
      expect(new Set(servers.map(({ nannyPid }) => nannyPid)).size).toBe(4);
      expect(servers.map(({ nannyPid }) => nannyPid).slice(0, 2)).toEqual(
        servers.map(({ nannyPid }) => nannyPid).slice(2, 4),
      );
      for (const pid of sharedPids) expect(signal(pid, 0 as unknown as NodeJS.Signals)).toBe(false);
    }, WAIT);
    await close('127.0.8.2');
    await expectEntries(SERVICES, '127.0.8.2');
  });
});
