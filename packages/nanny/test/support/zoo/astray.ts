import { connect, type Socket } from 'node:net';
import { type RunningServer, tcpServer, writeForever, writePieces } from '../bad-servers.js';

/** What a server does in place of its answer. */
type Deed = (socket: Socket, answer: Buffer) => void;

const FIRST_BYTES = 16;

/** Ends the connection by a reset behind what was sent. */
export function resetLater(raw: Socket): void {
  // At once, it would sometimes overtake what was sent before.
  const timer = setTimeout(() => raw.resetAndDestroy(), 50);
  raw.once('close', () => clearTimeout(timer));
}

/** A server may go astray in each of these ways, at any of its answers. */
export const DEEDS = {
  hangs: () => {},
  'sends garbage without end': (socket) => writeForever(socket),
  'trickles a byte a second': (socket, answer) =>
    writePieces(
      socket,
      [...answer].map((byte) => Buffer.of(byte)),
      1_000,
    ),
  'resets in mid-answer': (socket, answer) => {
    socket.write(firstHalf(answer));
    resetLater(socket);
  },
  'closes in mid-answer': (socket, answer) => socket.end(firstHalf(answer)),
} as const satisfies Readonly<Record<string, Deed>>;

/** An answer in several messages may come in one piece or in more: what is sent of it is the same. */
function firstHalf(answer: Buffer): Buffer {
  return answer.subarray(0, Math.min(answer.length, FIRST_BYTES) / 2);
}

/**
 * A server that is as good as the one behind it until it has heard `messages` of the client's messages. Its answer to
 * the last of them is the one in whose place it does the deed.
 */
export async function goesAstray(
  good: Promise<RunningServer>,
  messages: number,
  deed: keyof typeof DEEDS,
): Promise<RunningServer> {
  const behind = await good;
  const front = await tcpServer((socket) => relay(socket, behind, messages, DEEDS[deed]));
  return {
    target: front.target,
    close: async () => {
      await front.close();
      await behind.close();
    },
  };
}

function relay(socket: Socket, { target }: RunningServer, messages: number, deed: Deed): void {
  const back = connect(target.port, target.address).on('error', () => {});
  let heard = 0;
  socket.on('data', (message) => {
    heard += 1;
    back.write(message);
  });
  socket.once('close', () => back.destroy());
  back.on('data', (answer: Buffer) => {
    if (heard < messages) return void socket.write(answer);
    back.removeAllListeners('data').resume();
    deed(socket, answer);
  });
}
