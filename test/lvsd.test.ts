import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BinaryName, binaryPath } from '@piranha/common';
import type { Table } from '@piranha/ipvs';
import { ControlClient, type LvsdStatus, type ReloadAnswer, runDirectory } from '@piranha/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const WAIT = { timeout: 20_000, interval: 30 };
const cleanups: (() => unknown)[] = [];

let directory: string;
let configFile: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvsd-e2e-'));
  configFile = join(directory, 'lvs.cf');
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Running {
  readonly child: ChildProcess;
  /** All of stdout and stderr so far. */
  output(): string;
  ended(): Promise<number | string>;
}

function run(name: BinaryName, args: readonly string[]): Running {
  const child = spawn(process.execPath, [binaryPath(name), ...args], {
    argv0: name,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, 'exit').then(([code, signal]) => (code as number | null) ?? String(signal));
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output: () => output, ended: () => ended };
}

const startLvsd = (...args: string[]) =>
  run('lvsd', ['-n', '-v', '-c', configFile, '--run-dir', directory, '--director', 'userspace', ...args]);

async function startIpvsu(): Promise<Running> {
  const ipvsu = run('ipvsu', ['-n', '--run-dir', directory]);
  await vi.waitFor(() => call(runDirectory(directory).ipvsuSocket, 'table.read'), WAIT);
  return ipvsu;
}

async function webServer(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\n'));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

async function call(path: string, method: string): Promise<unknown> {
  const client = await ControlClient.connect({ path });
  try {
    return await client.call(method);
  } finally {
    client.close();
  }
}

const status = async () => (await call(runDirectory(directory).lvsdSocket, 'status')) as LvsdStatus;
const liveTable = async () => (await call(runDirectory(directory).ipvsuSocket, 'table.read')) as Table;

async function weights(): Promise<string[]> {
  const { services } = await liveTable();
  return services.flatMap(({ servers }) => servers.map(({ port, weight }) => `${port} ${weight}`)).sort();
}

function writeConfiguration(ports: readonly number[], weight = 1): void {
  const servers = ports.map(
    (port, index) => `  server s${index} {
    address = 127.0.0.1
    active = 1
    port = ${port}
    weight = ${weight}
  }`,
  );
  writeFileSync(
    configFile,
    `primary = 127.0.0.2
service = lvs
network = nat
virtual web {
  active = 1
  address = 127.0.0.150 lo:1
  port = 18080
  scheduler = rr
  timeout = 0.5
  reentry = 0.5
  send = "GET / HTTP/1.0\\r\\n\\r\\n"
  expect = "HTTP"
${servers.join('\n')}
}
`,
  );
}

async function serving(...ports: number[]): Promise<void> {
  await vi.waitFor(
    async () => expect(await weights()).toEqual(ports.map((port) => `${port} 1`).sort()),
    WAIT,
  );
}

describe('lvsd over the userspace director', () => {
  it('takes a dead server out and lets it in again', async () => {
    await startIpvsu();
    const [one, two] = [await webServer(), await webServer()];
    writeConfiguration([one.port, two.port]);
    const lvsd = startLvsd();
    await serving(one.port, two.port);
    await vi.waitFor(async () => expect((await status()).ready).toBe(true), WAIT);
    await new Promise((resolve) => one.server.close(resolve));
    await serving(two.port);
    await webServer(one.port);
    await serving(one.port, two.port);
    lvsd.child.kill('SIGTERM');
    expect(await lvsd.ended()).toBe(0);
    expect((await liveTable()).services).toEqual([]);
    expect(lvsd.output()).toContain('starting virtual service web active: 18080');
    expect(lvsd.output()).toMatch(/create_monitor for web\/s0 running as pid \d+/);
    expect(lvsd.output()).toContain('shutting down due to signal 15');
    expect(existsSync(runDirectory(directory).lvsdPid)).toBe(false);
  });

  it('adopts the table after a SIGKILL', async () => {
    await startIpvsu();
    const { port } = await webServer();
    writeConfiguration([port]);
    const first = startLvsd();
    await serving(port);
    first.child.kill('SIGKILL');
    await first.ended();
    expect(await weights()).toEqual([`${port} 1`]);
    const second = startLvsd();
    await vi.waitFor(async () => expect((await status()).pid).toBe(second.child.pid), WAIT);
    await vi.waitFor(async () => expect((await status()).ready).toBe(true), WAIT);
    expect(await weights()).toEqual([`${port} 1`]);
    const { history } = await status();
    expect(history.map(({ event }) => event)).toContain('LVSD_ADOPTED');
    // Adopted means untouched: neither added nor edited.
    expect(second.output()).not.toContain('LVSD_TABLE_OPERATION');
  });

  it('fills the table anew when ipvsu was killed', async () => {
    const ipvsu = await startIpvsu();
    const { port } = await webServer();
    writeConfiguration([port]);
    const lvsd = startLvsd();
    await serving(port);
    ipvsu.child.kill('SIGKILL');
    await ipvsu.ended();
    await vi.waitFor(async () => expect((await status()).tableInSync).toBe(false), WAIT);
    await startIpvsu();
    await serving(port);
    expect(lvsd.output()).toContain('LVSD_DIRECTOR_BACK');
  });

  it('leaves everything as it is when the new file is broken', async () => {
    await startIpvsu();
    const { port } = await webServer();
    writeConfiguration([port]);
    startLvsd();
    await serving(port);
    const before = await status();
    writeFileSync(configFile, `${readFileSync(configFile, 'utf8')}nonsense = 1\n`);
    const answer = (await call(runDirectory(directory).lvsdSocket, 'reload')) as ReloadAnswer;
    expect(answer.ok).toBe(false);
    expect(answer.diagnostics.join('\n')).toContain(`${configFile}:`);
    const after = await status();
    expect(after.lastReload?.ok).toBe(false);
    expect(after.services[0]?.servers[0]?.nannyPid).toBe(before.services[0]?.servers[0]?.nannyPid);
    expect(await weights()).toEqual([`${port} 1`]);
    writeConfiguration([port], 7);
    const lvsdPid = Number(readFileSync(runDirectory(directory).lvsdPid, 'utf8'));
    process.kill(lvsdPid, 'SIGHUP');
    await vi.waitFor(async () => expect(await weights()).toEqual([`${port} 7`]), WAIT);
  });
});

describe('lvsd from the command line', () => {
  it('refuses a file with an error, with its place', async () => {
    writeFileSync(configFile, 'primary = 127.0.0.2\nnonsense = 1\n');
    const lvsd = startLvsd();
    expect(await lvsd.ended()).toBe(1);
    expect(lvsd.output()).toContain(`lvsd: error parsing ${configFile} at line 2: `);
    expect(lvsd.output()).toContain(`${configFile}:2:`);
  });

  it('prints the table and the nannies for --test-start and starts nothing', async () => {
    writeConfiguration([18081]);
    const lvsd = startLvsd('-t');
    expect(await lvsd.ended()).toBe(0);
    expect(lvsd.output()).toContain('-a -t 127.0.0.150:18080 -r 127.0.0.1:18081 -m -w 1');
    expect(lvsd.output()).toContain('nanny -c -h 127.0.0.1 -p 18080 -r 18081 ');
    expect(existsSync(runDirectory(directory).lvsdSocket)).toBe(false);
  });

  it('names the way out when the kernel director is asked for', async () => {
    writeConfiguration([18081]);
    writeFileSync(configFile, `ipvsadm = /nowhere/ipvsadm\n${readFileSync(configFile, 'utf8')}`);
    const lvsd = run('lvsd', ['-n', '-c', configFile, '--run-dir', directory]);
    expect(await lvsd.ended()).toBe(5);
    expect(lvsd.output()).toContain('IPVSADM_MISSING');
    expect(lvsd.output()).toContain('--director userspace');
  });

  it('detaches and answers on its socket when it returns', async () => {
    writeConfiguration([18081]);
    const lvsd = run('lvsd', ['-c', configFile, '--run-dir', directory, '--director', 'memory']);
    expect(await lvsd.ended()).toBe(0);
    const { pid } = await status();
    expect(pid).not.toBe(lvsd.child.pid);
    process.kill(pid, 'SIGTERM');
    await vi.waitFor(() => expect(existsSync(runDirectory(directory).lvsdPid)).toBe(false), WAIT);
  });
});
