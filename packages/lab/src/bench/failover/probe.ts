import { createSocket } from 'node:dgram';
import { monotonicNowMs } from '@piranha/common';
import { watchBeats } from './beats.js';

/**
 * The processes of the failover bench that carry or watch traffic. `responder LETTER PORT` answers every datagram with its
 * letter. `client ADDRESS PORT` asks each millisecond and, at the end of stdin, prints all answers as JSON:
 * `[[when, letter], …]`, when in milliseconds of the machine's monotonic clock, which all its processes share. `beats
 * ADDRESS PORT` prints a line for each beat from there: when it arrived.
 */

const PROBE_EVERY_MS = 1;
/** A client that was held up catches up with no more than this many probes at once. */
const MOST_AT_ONCE = 5;

function respond(letter: string, port: number): void {
  const socket = createSocket('udp4');
  const answer = Buffer.from(letter);
  socket.on('error', () => undefined);
  socket.on('message', (_probe, from) => socket.send(answer, from.port, from.address));
  socket.bind(port, '0.0.0.0', () => process.stdout.write('ready\n'));
}

function ask(address: string, port: number): void {
  const socket = createSocket('udp4');
  const answers: (readonly [number, string])[] = [];
  const probe = Buffer.alloc(8);
  let nextMs = monotonicNowMs();
  const send = (): void => {
    const nowMs = monotonicNowMs();
    for (let sent = 0; nowMs >= nextMs && sent < MOST_AT_ONCE; sent += 1) {
      // While nobody holds the address, sending fails: that is what is measured.
      socket.send(probe, port, address, () => undefined);
      nextMs += PROBE_EVERY_MS;
    }
    if (nowMs >= nextMs) nextMs = nowMs + PROBE_EVERY_MS;
  };
  socket.on('error', () => undefined);
  socket.on('message', (answer) => answers.push([monotonicNowMs(), answer.toString('latin1', 0, 1)]));
  const timer = setInterval(send, PROBE_EVERY_MS);
  tellAtTheEnd(() => {
    clearInterval(timer);
    return answers;
  });
}

function tellAtTheEnd(value: () => unknown): void {
  process.stdin.resume().once('end', () => {
    process.stdout.write(JSON.stringify(value() ?? null), () => process.exit(0));
  });
}

const [role, first = '', second = ''] = process.argv.slice(2);
if (role === 'responder') {
  respond(first, Number(second));
  // The bench holds the other end of this pipe: when the bench is gone, so is the responder.
  process.stdin.on('end', () => process.exit(0)).resume();
} else if (role === 'beats') {
  watchBeats(first, (atMs) => process.stdout.write(`${atMs}\n`));
  process.stdin.on('end', () => process.exit(0)).resume();
} else ask(first, Number(second));
