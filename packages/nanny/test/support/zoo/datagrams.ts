import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningServer, tcpServer, UDP_ZOO } from '../bad-servers.js';
import { dnsAnswer, GOOD_SERVERS } from '../fake-protocols.js';
import type { Animal } from './servers.js';

/** Late, but within any limit of the zoo that is not meant to be missed, ms. */
const LATE_MS = 100;
/** Later than a check waits that is meant to give up, ms. */
const TOO_LATE_MS = 450;
const GARBAGE_EVERY_MS = 5;
/** For longer than a check listens. */
const GARBAGE_PIECES = 200;

type Send = (datagram: Buffer) => void;

/** A UDP server; it ends when all that it still has to say is said, also to those who do not wait for it any more. */
async function udpServer(
  serve: (query: Buffer, send: Send, ended: AbortSignal) => unknown,
  port = 0,
): Promise<RunningServer> {
  const socket = createSocket('udp4');
  const ended = new AbortController();
  const busy = new Set<Promise<unknown>>();
  socket.on('message', (query, peer) => {
    if (ended.signal.aborted) return;
    const serving = Promise.resolve(
      serve(query, (datagram) => socket.send(datagram, peer.port, peer.address), ended.signal),
    );
    busy.add(serving);
    void serving.finally(() => busy.delete(serving));
  });
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return {
    target: { address: '127.0.0.1', port: socket.address().port },
    close: async () => {
      ended.abort();
      await Promise.all(busy);
      socket.close();
      await once(socket, 'close');
    },
  };
}

async function sendForever(send: Send, ended: AbortSignal): Promise<void> {
  for (let piece = 0; piece < GARBAGE_PIECES && !ended.aborted; piece++) {
    send(Buffer.from('x'));
    await sleep(GARBAGE_EVERY_MS);
  }
}

/** Servers that every kind over UDP meets; `answer` is what a good one says. */
export function udpAnimals(answer: (query: Buffer) => Buffer): Readonly<Record<string, Animal>> {
  const later = (delayMs: number) => () =>
    udpServer(async (query, send) => {
      await sleep(delayMs);
      send(answer(query));
    });
  return {
    works: () => udpServer((query, send) => send(answer(query))),
    'refuses the port': UDP_ZOO.refuses,
    'does not answer': () => udpServer(() => {}),
    'speaks another protocol': () => udpServer((_, send) => send(Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'))),
    'sends garbage without end': () => udpServer((_, send, ended) => sendForever(send, ended)),
    'sends half of its answer': () =>
      udpServer((query, send) => send(answer(query).subarray(0, answer(query).length / 2))),
    'answers late, within the limit': later(LATE_MS),
    'answers after the limit': later(TOO_LATE_MS),
  };
}

/** The answer to a question for www.example, in order. */
export const goodDns = (query: Buffer): Buffer => dnsAnswer(query, '8180');

/** The answer under a number that was not asked. */
function otherNumber(query: Buffer): Buffer {
  const answer = goodDns(query);
  answer.writeUInt16BE(answer.readUInt16BE(0) ^ 1, 0);
  return answer;
}

/** Over UDP it says that the answer does not fit; over TCP it does what it is told. */
function cutShort(overTcp: Parameters<typeof tcpServer>[0]): Animal {
  return async () => {
    const tcp = await tcpServer(overTcp);
    const udp = await udpServer((query, send) => send(dnsAnswer(query, '8380')), tcp.target.port);
    return {
      target: udp.target,
      close: async () => {
        await udp.close();
        await tcp.close();
      },
    };
  };
}

/** Name servers over UDP. */
export const DNS_UDP_ANIMALS: Readonly<Record<string, Animal>> = {
  ...udpAnimals(goodDns),
  'answers under another number first': () =>
    udpServer((query, send) => {
      send(otherNumber(query));
      send(goodDns(query));
    }),
  'answers under another number': () => udpServer((query, send) => send(otherNumber(query))),
  'says SERVFAIL': () => udpServer((query, send) => send(dnsAnswer(query, '8182'))),
  'says that its answer is cut short': GOOD_SERVERS['dns cut short'],
  'says so, and hangs over TCP': cutShort((socket) => socket.resume()),
  'says so, and closes over TCP': cutShort((socket) => socket.resume().end()),
};

function dnsOverTcp(serve: (query: Buffer, send: Send) => unknown): Animal {
  return () =>
    tcpServer((socket) => {
      const send = (answer: Buffer) =>
        socket.destroyed || socket.write(Buffer.concat([Buffer.of(0, answer.length), answer]));
      socket.on('data', (chunk: Buffer) => serve(chunk.subarray(2), send));
    });
}

/** What name servers over TCP do besides. */
export const DNS_TCP_ANIMALS: Readonly<Record<string, Animal>> = {
  'answers late, within the limit': dnsOverTcp(async (query, send) => {
    await sleep(LATE_MS);
    send(goodDns(query));
  }),
  'answers after the limit': dnsOverTcp(async (query, send) => {
    await sleep(TOO_LATE_MS);
    send(goodDns(query));
  }),
  'answers under another number': dnsOverTcp((query, send) => send(otherNumber(query))),
  'says SERVFAIL': dnsOverTcp((query, send) => send(dnsAnswer(query, '8182'))),
};
