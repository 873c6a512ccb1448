import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryPath } from '@piranha/common';
import { type ServiceKey, UserspaceDirector } from '@piranha/ipvs';
import { ControlClient, runDirectory } from '@piranha/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const VIP = '127.0.0.77';
const ROUNDS = 8;
const IN_FLIGHT = 32;

interface Holder {
  readonly process: ChildProcess;
  readonly control: ControlClient;
  readonly director: UserspaceDirector;
}

async function freePort(address: string): Promise<number> {
  const probe = createServer().listen(0, address);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

async function startHolder(directory: string): Promise<Holder> {
  const { ipvsuSocket: path, ipvsuPid } = runDirectory(directory);
  const child = spawn(process.execPath, [binaryPath('ipvsu'), '-n', '--run-dir', directory], {
    stdio: 'ignore',
  });
  // Written once the socket answers.
  while (!existsSync(ipvsuPid)) await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    process: child,
    control: await ControlClient.connect({ path }),
    director: new UserspaceDirector(path),
  };
}

describe('two userspace directors that share a VIP', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ipvsu-handover-'));
  const holders: Holder[] = [];
  let realServer: Server;
  let key: Extract<ServiceKey, { kind: 'address' }>;

  beforeAll(async () => {
    realServer = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => socket.end('pong'));
    }).listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
    await once(realServer, 'listening');
    const { port } = realServer.address() as AddressInfo;
    key = { kind: 'address', protocol: 'tcp', address: VIP, port: await freePort(VIP) };
    const service = {
      key,
      scheduler: 'rr',
      schedulerFlags: [],
      persistentSeconds: 0,
      persistenceMask: undefined,
      onePacket: false,
    };
    const server = {
      address: '127.0.0.1',
      port,
      forwarding: 'masquerade',
      weight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
    } as const;
    for (const name of ['a', 'b']) {
      const holder = await startHolder(join(directory, name));
      holders.push(holder);
      await holder.director.apply([
        { type: 'addService', service },
        { type: 'addServer', key, server },
      ]);
    }
  });

  afterAll(async () => {
    for (const holder of holders) {
      holder.control.close();
      await holder.director.close();
      const ended = once(holder.process, 'exit');
      holder.process.kill('SIGTERM');
      await ended;
    }
    realServer?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** One connection with one word each way; undefined when it went well. */
  function oneRequest(): Promise<string | undefined> {
    return new Promise((resolve) => {
      let answer = '';
      const socket = connect({ host: VIP, port: key.port });
      socket.on('connect', () => socket.end('ping'));
      socket.on('data', (chunk) => {
        answer += chunk.toString();
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(`${error.syscall} ${error.code}`));
      socket.on('close', () => resolve(answer === 'pong' ? undefined : 'no answer'));
    });
  }

  it('hands the VIP over and back under load without a failed connection', async () => {
    const [first, second] = holders as [Holder, Holder];
    await first.control.call('vip.hold', { addresses: [VIP] });
    const failures: string[] = [];
    let requests = 0;
    let isRunning = true;
    const clients = Array.from({ length: IN_FLIGHT }, async () => {
      while (isRunning) {
        const failure = await oneRequest();
        requests += 1;
        if (failure !== undefined) failures.push(failure);
      }
    });
    let [holding, other] = [first, second];
    for (let round = 0; round < ROUNDS; round += 1) {
      expect(await other.control.call('vip.hold', { addresses: [VIP] })).toEqual({
        held: [VIP],
        problems: [],
      });
      expect(await holding.control.call('vip.release', { addresses: [VIP] })).toEqual({
        held: [],
        problems: [],
      });
      [holding, other] = [other, holding];
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    isRunning = false;
    await Promise.all(clients);
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(100);
    const served = await Promise.all(holders.map((holder) => holder.director.readStatistics()));
    for (const [statistics] of served) expect(statistics?.connections).toBeGreaterThan(0);
  });

  it('keeps an established connection going through the director that released', async () => {
    const [first, second] = holders as [Holder, Holder];
    await second.control.call('vip.release', { addresses: [VIP] });
    await first.control.call('vip.hold', { addresses: [VIP] });
    const client = connect({ host: VIP, port: key.port });
    await once(client, 'connect');
    await second.control.call('vip.hold', { addresses: [VIP] });
    await first.control.call('vip.release', { addresses: [VIP] });
    client.end('ping');
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toBe('pong');
    await once(client, 'close');
  });
});

describe('ipvsu as a process', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ipvsu-process-'));
  const paths = runDirectory(directory);

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function run(...args: string[]): Promise<{ status: number | null; errors: string }> {
    const child = spawn(process.execPath, [binaryPath('ipvsu'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, errors };
  }

  it('is one to a run directory, and leaves nothing behind after SIGTERM', async () => {
    const holder = await startHolder(directory);
    expect(readFileSync(paths.ipvsuPid, 'utf8')).toBe(`${holder.process.pid}\n`);
    const second = await run('-n', '--run-dir', directory);
    expect(second).toEqual({ status: 1, errors: expect.stringContaining('CONTROL_IN_USE') });
    expect(await holder.director.readTable()).toEqual({ services: [] });
    const exit = once(holder.process, 'exit');
    holder.process.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect([paths.ipvsuPid, paths.ipvsuSocket].filter((path) => existsSync(path))).toEqual([]);
    holder.control.close();
    await holder.director.close();
  });

  it('starts over what a SIGKILL left behind', async () => {
    const killed = await startHolder(directory);
    const exit = once(killed.process, 'exit');
    killed.process.kill('SIGKILL');
    await exit;
    rmSync(paths.ipvsuPid);
    expect(existsSync(paths.ipvsuSocket)).toBe(true);
    const child = spawn(process.execPath, [binaryPath('ipvsu'), '-n', '--run-dir', directory], {
      stdio: 'ignore',
    });
    while (!existsSync(paths.ipvsuPid)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await killed.director.readTable()).toEqual({ services: [] });
    await killed.director.close();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('tells what is wrong with its command line', async () => {
    expect(await run('--sideways')).toEqual({ status: 1, errors: expect.stringContaining('[ARGUMENT_BAD]') });
  });
});
