import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { CheckOptions } from '../../../src/core/check-plan.js';
import {
  ignoring,
  type RunningServer,
  refusing,
  tcpServer,
  writeForever,
  writePieces,
} from '../bad-servers.js';
import { type DEEDS, goesAstray, resetLater } from './astray.js';
import {
  EXPIRED_CERTIFICATE,
  GOOD_CERTIFICATE,
  OTHER_CERTIFICATE,
  SELF_CERTIFICATE,
} from './certificates.js';

/** How a good server of a protocol talks. */
export interface Manners {
  /** What it sends, all of it; empty for a protocol in which nothing is said. */
  readonly answer: string;
  /** It greets before it is asked. */
  readonly speaksFirst?: boolean;
  /** It speaks TLS. */
  readonly tls?: boolean;
}

/** Opens one server of the zoo, or whatever a kind looks at that asks no server: then with words of its own. */
export type Animal = (manners: Manners) => Promise<Habitat>;

export interface Habitat extends RunningServer {
  readonly options?: Partial<CheckOptions>;
}

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

const good: Animal = (manners) => server(manners, (stream) => stream.end(manners.answer));

/** No TCP goes to many at once: the kernel says of such an address what it says where it knows no route. */
const unreachable: Animal = async () => ({
  target: { address: '224.0.0.1', port: 80 },
  close: async () => {},
});

/** Servers that every kind over TCP meets, whatever it says. */
export const CONNECT_ANIMALS: Readonly<Record<string, Animal>> = {
  works: good,
  'refuses the connect': refusing,
  'does not answer the connect': ignoring,
  'is not to be reached': unreachable,
  'accepts and hangs': () => tcpServer((socket) => socket.resume()),
  'closes at once': () => tcpServer((socket) => socket.resume().end()),
  'speaks another protocol': () => tcpServer((socket) => socket.resume().write('SSH-2.0-OpenSSH_9.6\r\n')),
  'sends garbage without end': () => tcpServer(writeForever),
};

/** Servers that every kind meets which hears an answer over TCP. */
export const TCP_ANIMALS: Readonly<Record<string, Animal>> = {
  ...CONNECT_ANIMALS,
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

/** The server's first words of TLS are what it does not say in order. */
function inHandshake(deed: keyof typeof DEEDS): Animal {
  return (manners) => goesAstray(good(manners), 1, deed);
}

/** Servers that every kind over TLS meets besides. */
export const TLS_ANIMALS: Readonly<Record<string, Animal>> = {
  'stalls in the TLS handshake': () =>
    tcpServer((socket) => socket.once('data', () => socket.write(Buffer.from([22, 3, 3, 0, 122, 2])))),
  'trickles in the TLS handshake': inHandshake('trickles a byte a second'),
  'resets in the TLS handshake': inHandshake('resets in mid-answer'),
  'closes in the TLS handshake': inHandshake('closes in mid-answer'),
  'hangs after the TLS handshake': (manners) => server(manners, () => {}),
  'has an expired certificate': (manners) =>
    server(manners, (stream) => stream.end(manners.answer), EXPIRED_CERTIFICATE),
  'has a certificate of nobody trusted': (manners) =>
    server(manners, (stream) => stream.end(manners.answer), SELF_CERTIFICATE),
  'has a certificate for another name': (manners) =>
    server(manners, (stream) => stream.end(manners.answer), OTHER_CERTIFICATE),
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
