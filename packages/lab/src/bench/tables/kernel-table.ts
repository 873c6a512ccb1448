import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ADDRESS, SERVERS_EACH, SERVICES, type ShapeService } from './shape.js';

/** The kernel adds its counters up every 2 s. */
const COUNT_MS = 5_000;

/** Gives this machine the address, and the real servers' network on a device whose packets go nowhere. */
export function makeNetwork(): void {
  for (const line of [
    `addr add ${ADDRESS}/32 dev lo`,
    'link add dummy0 type dummy',
    'link set dummy0 up',
    'addr add 10.1.255.254/16 dev dummy0',
  ]) {
    execFileSync('ip', line.split(' '));
  }
}

/** Whether every entry is in the kernel's table, and one server has this weight. */
export function isLoaded(weight: number): boolean {
  // Less work for the kernel and for us than ipvsadm, which would be in the way of what is measured.
  const lines = readFileSync('/proc/net/ip_vs', 'utf8').split('\n');
  const servers = lines.filter((line) => /^ {2}-> [0-9A-F]/.test(line));
  const changed = servers.filter((line) => new RegExp(` ${weight} +[0-9]+ +[0-9]+ *$`).test(line));
  return servers.length === SERVICES * SERVERS_EACH && changed.length > 0;
}

/** Begins one connection through every service: entries that are made anew would forget it. */
export async function connectToEach(services: readonly ShapeService[]): Promise<void> {
  const sockets = services.map(({ port }) => connect({ host: ADDRESS, port }).on('error', () => undefined));
  await pause(COUNT_MS);
  for (const socket of sockets) socket.destroy();
}

/** Real servers that remember a connection. */
export function rememberedServers(): number {
  const text = execFileSync('ipvsadm', ['-Ln', '--stats', '--exact'], {
    encoding: 'utf8',
    maxBuffer: 32 * 1024 * 1024,
  });
  return text.split('\n').filter((line) => /^ {2}-> 10\.1\.\S+ +[1-9]/.test(line)).length;
}
