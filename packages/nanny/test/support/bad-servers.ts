import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckTarget } from '../../src/check.js';

/** What the servers of the zoo are asked for; the good ones answer with it. */
const GOOD_ANSWER = 'HTTP/1.0 200 OK\r\n\r\n';

export interface RunningServer {
  readonly target: CheckTarget;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

/** A TCP server on a free port; `serve` gets each connection. */
export async function tcpServer(serve: (socket: Socket) => void): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    // A client that gave up while it connected ends in order.
    socket.on('end', () => socket.destroySoon());
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    target: { address: '127.0.0.1', port },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Sends the pieces one after the other; stops by itself when the connection goes. */
export function writePieces(socket: Duplex, pieces: readonly (string | Uint8Array)[], pauseMs: number): void {
  const [piece, ...rest] = pieces;
  if (piece === undefined || socket.destroyed) return;
  socket.write(piece);
  const timer = setTimeout(() => writePieces(socket, rest, pauseMs), pauseMs);
  socket.once('close', () => clearTimeout(timer));
}

/** Sends for as long as somebody takes it. */
export function writeForever(socket: Duplex): void {
  const block = Buffer.alloc(32 * 1024, 'x');
  const fill = () => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', fill);
  fill();
}

/** A port that nobody listens on. A connection holds it: neither a server nor a connect of others gets it meanwhile. */
export async function refusing(): Promise<RunningServer> {
  const peer = await tcpServer(() => {});
  const { address, port } = peer.target;
  const holder = connect({ host: address, port, localAddress: address }).on('error', () => {});
  await once(holder, 'connect');
  return {
    target: { address, port: holder.localPort ?? 0 },
    close: async () => {
      holder.destroy();
      await peer.close();
    },
  };
}

const LISTENER = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
  process.stdout.write(String(this.address().port));
})`;

/** A frozen process whose queue of connections is full: further connects get no answer at all. */
export async function ignoring(): Promise<RunningServer> {
  const child = spawn(process.execPath, ['-e', LISTENER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  const target = { address: '127.0.0.1', port: Number(port) };
  child.kill('SIGSTOP');
  const queued = Array.from({ length: 5 }, () => connect(target.port, target.address).on('error', () => {}));
  await sleep(100);
  return {
    target,
    close: async () => {
      for (const socket of queued) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

/** TCP servers that do what servers do when they are broken, and two good ones. */
export const TCP_ZOO = {
  good: () => tcpServer((socket) => socket.resume().end(GOOD_ANSWER)),
  'splits the answer': () =>
    tcpServer((socket) => writePieces(socket.resume(), [GOOD_ANSWER.slice(0, 3), GOOD_ANSWER.slice(3)], 30)),
  refuses: refusing,
  'does not answer the connect': ignoring,
  'accepts and hangs': () => tcpServer((socket) => socket.resume()),
  'half-closes': () => tcpServer((socket) => socket.resume().end()),
  trickles: () => tcpServer((socket) => writePieces(socket, [...GOOD_ANSWER], 1_000)),
  'resets mid-answer': () =>
    tcpServer((socket) => {
      socket.write(GOOD_ANSWER.slice(0, 2));
      // At once, it would sometimes overtake the end of the client's connect.
      const timer = setTimeout(() => socket.resetAndDestroy(), 50);
      socket.once('close', () => clearTimeout(timer));
    }),
  'answers wrong': () => tcpServer((socket) => socket.resume().end('SSH-2.0-OpenSSH\r\n')),
  'sends without end': () => tcpServer(writeForever),
} as const;

async function udpServer(answers: readonly string[]): Promise<RunningServer> {
  const socket = createSocket('udp4');
  socket.on('message', (_, peer) => {
    for (const answer of answers) socket.send(answer, peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    target: { address: '127.0.0.1', port: socket.address().port },
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** UDP servers, good and bad. */
export const UDP_ZOO = {
  good: () => udpServer([GOOD_ANSWER]),
  silent: () => udpServer([]),
  // A socket that hears one peer alone holds the port.
  refuses: async () => {
    const peer = await udpServer([]);
    const holder = createSocket('udp4');
    holder.bind(0, peer.target.address);
    await once(holder, 'listening');
    holder.connect(peer.target.port, peer.target.address);
    await once(holder, 'connect');
    return {
      target: { address: peer.target.address, port: holder.address().port },
      close: async () => {
        holder.close();
        await peer.close();
      },
    };
  },
  'answers wrong': () => udpServer(['SSH-2.0']),
  'answers short': () => udpServer(['HT']),
} as const;
