import { randomInt } from 'node:crypto';
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { RunningServer } from '../bad-servers.js';

/** A server that is up now and down then, as it is told. */
export interface Flapping extends RunningServer {
  become(state: 'up' | 'down'): Promise<void>;
}

/** An address of this machine that nobody else uses: its ports stay free while nobody listens on them. */
function ownAddress(): string {
  const byte = () => randomInt(1, 255);
  return `127.${byte()}.${byte()}.${byte()}`;
}

/** Stands before a good server over TCP; while it is down nobody listens. */
export async function flappingTcp(good: Promise<RunningServer>): Promise<Flapping> {
  const behind = await good;
  const address = ownAddress();
  const sockets = new Set<Socket>();
  const server = createServer((front) => {
    const back = connect(behind.target.port, behind.target.address);
    for (const socket of [front, back]) {
      sockets.add(socket);
      socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    }
    front.once('close', () => back.destroy());
    front.pipe(back).pipe(front);
  });
  let port = 0;
  const listen = async () => {
    server.listen(port, address);
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const leave = async () => {
    if (!server.listening) return;
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  await listen();
  return {
    target: { address, port },
    become: (state) => (state === 'down' ? leave() : server.listening ? Promise.resolve() : listen()),
    close: async () => {
      await leave();
      await behind.close();
    },
  };
}

/** The same over UDP. */
export async function flappingUdp(answer: (query: Buffer) => Buffer): Promise<Flapping> {
  const address = ownAddress();
  let port = 0;
  let socket: DatagramSocket | undefined;
  const listen = async () => {
    if (socket !== undefined) return;
    const opened = createSocket('udp4');
    socket = opened;
    opened.on('message', (query, peer) => opened.send(answer(query), peer.port, peer.address));
    opened.bind(port, address);
    await once(opened, 'listening');
    port = opened.address().port;
  };
  const leave = async () => {
    const opened = socket;
    if (opened === undefined) return;
    socket = undefined;
    opened.close();
    await once(opened, 'close');
  };
  await listen();
  return {
    target: { address, port },
    become: (state) => (state === 'down' ? leave() : listen()),
    close: leave,
  };
}
