import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { EventLog } from '@piranha/events';
import { Engine } from '../../src/index.js';
import { realServer, settings, tcpKey } from './values.js';

export const VIP = '127.0.0.79';

/** A log that keeps the ids of what was logged. */
export function memoryLog(): EventLog & { readonly ids: string[] } {
  const ids: string[] = [];
  return { ids, log: (id) => ids.push(id), history: () => [], close: async () => {} };
}

/** A server on 127.0.0.1 that hands each connection to `onConnection`. */
export async function startServer(onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

export async function freePort(address = VIP): Promise<number> {
  const probe = createServer().listen(0, address);
  await once(probe, 'listening');
  const port = portOf(probe);
  probe.close();
  await once(probe, 'close');
  return port;
}

/** An engine that serves one TCP service on the VIP with these real servers. */
export async function startEngine(servers: readonly number[], connectionLimit = 100) {
  const log = memoryLog();
  const engine = new Engine({ log, connectionLimit });
  const key = tcpKey(await freePort(), VIP);
  await engine.apply([
    { type: 'addService', service: settings(key) },
    ...servers.map((port) => ({ type: 'addServer', key, server: realServer(port) }) as const),
  ]);
  await engine.hold([VIP]);
  return { engine, key, log };
}

/** A connected client whose errors are collected instead of thrown. */
export async function dial(port: number): Promise<Socket & { errors: string[] }> {
  const socket = Object.assign(connect({ host: VIP, port, allowHalfOpen: true }), { errors: [] as string[] });
  socket.on('error', (error: NodeJS.ErrnoException) => socket.errors.push(error.code ?? error.message));
  await once(socket, 'connect');
  return socket;
}

/** Everything that arrives until the other side's end. */
export async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(socket, 'end');
  return text;
}

/** Asks again and again until it is so; the test's own time limit ends a vain wait. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Waits for the end of a socket, however it ends. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** Connects, sends nothing, and tells with which error the connection ends; a reset may come before the connect. */
export async function endOf(port: number): Promise<string | undefined> {
  const socket = connect({ host: VIP, port });
  let code: string | undefined;
  socket.on('error', (error: NodeJS.ErrnoException) => {
    code = error.code;
  });
  socket.resume();
  await closed(socket);
  return code;
}
