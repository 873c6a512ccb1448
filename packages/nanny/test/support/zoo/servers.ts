import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import {
  ignoring,
  type RunningServer,
  refusing,
  tcpServer,
  writeForever,
  writePieces,
} from '../bad-servers.js';
import { EXPIRED_CERTIFICATE, GOOD_CERTIFICATE, SELF_CERTIFICATE } from './certificates.js';

/** How a good server of a protocol talks. */
export interface Manners {
  /** What it sends, all of it; empty for a protocol in which nothing is said. */
  readonly answer: string;
  /** It greets before it is asked. */
  readonly speaksFirst?: boolean;
  /** It speaks TLS. */
  readonly tls?: boolean;
}

/** Opens one server of the zoo. */
export type Animal = (manners: Manners) => Promise<RunningServer>;
interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A server whose connections are already in TLS where the protocol wants it. */
function server(
  { tls, speaksFirst }: Manners,
  talk: (stream: Duplex, raw: Socket) => void,
  certificate: Certificate = GOOD_CERTIFICATE,
): Promise<RunningServer> {
  return tcpServer((raw) => {
    const stream = tls ? new TLSSocket(raw, { isServer: true, ...certificate }) : raw;
    stream.on('error', () => {});
    // A reset of the client looks like an end to TLS, which then keeps its socket.
    if (tls) stream.on('end', () => raw.destroy());
    if (speaksFirst) talk(stream, raw);
    else stream.once('data', () => talk(stream, raw));
  });
}

function resetLater(raw: Socket): void {
  // At once, it would sometimes overtake what was sent before.
  const timer = setTimeout(() => raw.resetAndDestroy(), 50);
  raw.once('close', () => clearTimeout(timer));
}

const good: Animal = (manners) => server(manners, (stream) => stream.end(manners.answer));

/** Servers that every kind over TCP meets. */
export const TCP_ANIMALS: Readonly<Record<string, Animal>> = {
  works: good,
  'refuses the connect': refusing,
  'does not answer the connect': ignoring,
  'accepts and hangs': () => tcpServer((socket) => socket.resume()),
  'closes at once': () => tcpServer((socket) => socket.resume().end()),
  'speaks another protocol': () => tcpServer((socket) => socket.resume().write('SSH-2.0-OpenSSH_9.6\r\n')),
  'sends garbage without end': () => tcpServer(writeForever),
  'trickles a byte a second': (manners) =>
    server(manners, (stream) => writePieces(stream, [...manners.answer], 1_000)),
  'resets in mid-answer': (manners) =>
    server(manners, (stream, raw) => {
      stream.write(manners.answer.slice(0, manners.answer.length / 2));
      resetLater(raw);
    }),
  'closes in mid-answer': (manners) =>
    server(manners, (stream) => stream.end(manners.answer.slice(0, manners.answer.length / 2))),
};

/** Servers that every kind over TLS meets besides. */
export const TLS_ANIMALS: Readonly<Record<string, Animal>> = {
  'stalls in the TLS handshake': () =>
    tcpServer((socket) => socket.once('data', () => socket.write(Buffer.from([22, 3, 3, 0, 122, 2])))),
  'hangs after the TLS handshake': (manners) => server(manners, () => {}),
  'has an expired certificate': (manners) =>
    server(manners, (stream) => stream.end(manners.answer), EXPIRED_CERTIFICATE),
  'has a certificate of nobody trusted': (manners) =>
    server(manners, (stream) => stream.end(manners.answer), SELF_CERTIFICATE),
};

const HEAD = 'HTTP/1.1 200 OK\r\n';

/** Servers that every kind over HTTP meets besides. */
export const HTTP_ANIMALS: Readonly<Record<string, Animal>> = {
  'answers 503': (manners) =>
    server(manners, (stream) => stream.end('HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nOK')),
  'has another page': (manners) => server(manners, (stream) => stream.end(`${HEAD}\r\nsorry`)),
  'sends huge headers': (manners) =>
    server(manners, (stream) => {
      stream.write(`${HEAD}X: `);
      writeForever(stream);
    }),
  'sends a body without end': (manners) =>
    server(manners, (stream) => {
      stream.write(`${HEAD}\r\n`);
      writeForever(stream);
    }),
  'sends less than it said': (manners) =>
    server(manners, (stream) => stream.end(`${HEAD}Content-Length: 100\r\n\r\nOK`)),
};
