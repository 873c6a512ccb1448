import { createSecretKey, randomBytes } from 'node:crypto';
import { BeatCrypto, sealPacket } from '@piranha/protocol/beat';

/** What an attacker has: everything that was ever sent, by the life in which it was, and no key. */
export interface Recordings {
  /** Datagrams of the sessions that are open. */
  readonly present: readonly Buffer[];
  /** Datagrams of earlier lives of both sides. */
  readonly past: readonly Buffer[];
  /** Boot ids of the present lives, which anybody can read. */
  readonly lives: readonly string[];
}

const below = (limit: number): number => Math.floor(Math.random() * limit);

function pick<T>(list: readonly T[]): T {
  const one = list[below(list.length)];
  if (one === undefined) throw new Error('nothing was recorded');
  return one;
}

function withFlips(packet: Buffer): Buffer {
  const copy = Buffer.from(packet);
  const flips = 1 + below(4);
  for (let flip = 0; flip < flips; flip += 1) {
    const at = below(copy.length);
    // Never twice the same bit, which would mend it.
    copy[at] = (copy[at] ?? 0) ^ (1 << (flip * 2 + below(2)));
  }
  return copy;
}

const foreign = new BeatCrypto({ sendId: 1, secrets: new Map([[1, createSecretKey(randomBytes(32))]]) });

/** The kinds of packets that the pair is fed with, each with how one is made. */
export const HOSTILE: readonly (readonly [kind: string, make: (recorded: Recordings) => Buffer])[] = [
  ['random bytes', () => randomBytes(below(1_400))],
  [
    'random behind a true header',
    ({ present }) => Buffer.concat([pick(present).subarray(0, 28), randomBytes(16 + below(500))]),
  ],
  ['one to four bits turned', ({ present }) => withFlips(pick(present))],
  [
    'cut short',
    ({ present }) => {
      const packet = pick(present);
      return packet.subarray(0, below(packet.length));
    },
  ],
  ['made with another secret', ({ lives }) => foreignPacket(pick(lives))],
  ['replayed from the open session', ({ present }) => pick(present)],
  ['replayed from earlier lives', ({ past }) => pick(past)],
];

function foreignPacket(boot: string): Buffer {
  const sequence = 1 + below(2 ** 40);
  return sealPacket(
    foreign,
    { keyId: 1, boot, sequence, sealed: Math.random() < 0.5 },
    Buffer.from('{"n":"left"}'),
  );
}
