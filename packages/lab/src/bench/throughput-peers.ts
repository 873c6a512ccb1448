import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryPath } from '@piranha/common';
import { ControlClient, runDirectory } from '@piranha/protocol';
import { execa, type ResultPromise } from 'execa';
import { eventually, freePort } from './eventually.js';
import type { Target } from './throughput-load.js';

/** A forwarder, or the real server itself, under the same load. */
export interface Peer {
  readonly name: string;
  readonly target: Target;
  /** Process whose CPU time is counted. */
  readonly pid: number;
  stop(): Promise<void>;
}

const HAPROXY_ADDRESS = '127.0.0.91';
const IPVSU_ADDRESS = '127.0.0.92';

async function stopProcess(child: ResultPromise): Promise<void> {
  child.kill('SIGTERM');
  await child.catch(() => {});
}

function pidOf(child: ResultPromise): number {
  if (child.pid === undefined) throw new Error(`${child.spawnargs[0]} did not start`);
  return child.pid;
}

async function knock(target: Target): Promise<void> {
  const socket = connect(target);
  await once(socket, 'connect');
  socket.destroy();
}

/** The real server, reached without a forwarder: what the load generator and the server can do at most. */
export async function startOrigin(): Promise<Peer> {
  const path = fileURLToPath(new URL('./throughput-origin.js', import.meta.url));
  const child = execa(process.execPath, [path], {
    stdin: 'pipe',
    stdout: 'pipe',
    buffer: false,
    reject: false,
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const target = { host: '127.0.0.1', port: Number(line.toString().trim()) };
  return { name: 'direct', target, pid: pidOf(child), stop: () => stopProcess(child) };
}

/** ipvsu with one service of one real server. */
export async function startIpvsu(directory: string, origin: Target): Promise<Peer> {
  const target = { host: IPVSU_ADDRESS, port: await freePort(IPVSU_ADDRESS) };
  const args = [binaryPath('ipvsu'), '-n', '--run-dir', directory];
  const child = execa(process.execPath, args, { stdio: 'ignore', reject: false });
  const path = runDirectory(directory).ipvsuSocket;
  const control = await eventually(() => ControlClient.connect({ path }));
  const key = { kind: 'address', protocol: 'tcp', address: target.host, port: target.port };
  const service = { key, scheduler: 'wlc', schedulerFlags: [], persistentSeconds: 0, onePacket: false };
  const limits = { upperThreshold: 0, lowerThreshold: 0 };
  const server = { address: origin.host, port: origin.port, forwarding: 'masquerade', weight: 1, ...limits };
  const operations = [
    { type: 'addService', service },
    { type: 'addServer', key, server },
  ];
  await control.call('table.apply', { operations });
  await control.call('vip.hold', { addresses: [target.host] });
  control.close();
  await eventually(() => knock(target));
  return { name: 'ipvsu', target, pid: pidOf(child), stop: () => stopProcess(child) };
}

/** HAProxy in TCP mode with one thread, as ipvsu has one; undefined when it is not installed. */
export async function startHaproxy(directory: string, origin: Target): Promise<Peer | undefined> {
  const version = await execa('haproxy', ['-v'], { reject: false });
  if (version.exitCode !== 0) return undefined;
  const target = { host: HAPROXY_ADDRESS, port: await freePort(HAPROXY_ADDRESS) };
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(file, haproxyConfiguration(target, origin));
  const child = execa('haproxy', ['-db', '-f', file], { stdio: 'ignore', reject: false });
  await eventually(() => knock(target));
  const [, release = ''] = /version (\S+)/.exec(version.stdout) ?? [];
  return { name: `HAProxy ${release}`, target, pid: pidOf(child), stop: () => stopProcess(child) };
}

function haproxyConfiguration(target: Target, origin: Target): string {
  return [
    'global',
    '  nbthread 1',
    '  maxconn 4096',
    'defaults',
    '  mode tcp',
    '  balance leastconn',
    '  timeout connect 10s',
    '  timeout client 900s',
    '  timeout server 900s',
    'listen bench',
    `  bind ${target.host}:${target.port} backlog 4096`,
    `  server origin ${origin.host}:${origin.port}`,
    '',
  ].join('\n');
}
