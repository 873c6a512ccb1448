import { createSecretKey, randomBytes } from 'node:crypto';
import { encodeHeartbeat, type HeartbeatWord } from '@piranha/protocol';
import {
  BeatCrypto,
  type BeatKeyRing,
  newBootId,
  openPacket,
  PACKET_LIMIT_BYTES,
  sealPacket,
} from '@piranha/protocol/beat';
import { changedBody } from './bodies.js';
import { below, cutShort, pick, withFlips } from './chance.js';

/** What an attacker has: everything that was ever sent, by the life in which it was. The key is for one kind alone. */
export interface Recordings {
  /** Datagrams of the sessions that are open. */
  readonly present: readonly Buffer[];
  /** Datagrams of earlier lives of both sides. */
  readonly past: readonly Buffer[];
  readonly ring: BeatKeyRing;
  readonly crypto: BeatCrypto;
}

/** Every word that an original can say. */
export const WORDS: readonly HeartbeatWord[] = [
  ...(['lvs running', 'lvs stopped', 'fos running', 'fos stopped'] as const),
  ...(['fos go inactive', 'hold', 'held'] as const),
];

const foreign = new BeatCrypto({ sendId: 1, secrets: new Map([[1, createSecretKey(randomBytes(32))]]) });

/** A kind of packets, and how one is made. */
export type HostileKind<Known> = readonly [kind: string, make: (known: Known) => Buffer];

/** What a pair with a key is fed with. */
export const HOSTILE: readonly HostileKind<Recordings>[] = [
  ['random bytes', () => randomBytes(below(PACKET_LIMIT_BYTES + 200))],
  [
    'random behind a true header',
    ({ present }) => Buffer.concat([pick(present).subarray(0, 28), randomBytes(16 + below(500))]),
  ],
  ['one to four bits turned', ({ present }) => withFlips(pick(present))],
  ['cut short', ({ present }) => cutShort(pick(present))],
  ['made with another secret', ({ present }) => foreignPacket(pick(present).toString('hex', 12, 20))],
  ['replayed from the open session', ({ present }) => pick(present)],
  ['replayed from earlier lives', ({ past }) => pick(past)],
  ["the original's words", () => encodeHeartbeat(pick(WORDS))],
  ['a changed beat under the right key', (recorded) => changedPacket(recorded)],
];

function foreignPacket(boot: string): Buffer {
  const sequence = 1 + below(2 ** 40);
  const header = { keyId: 1, boot, sequence, sealed: below(2) === 0 };
  return sealPacket(foreign, header, Buffer.from('{"n":"left"}'));
}

/** What no attacker can send, but a partner that has gone mad: it gets through to the codec. A life of its own each time. */
function changedPacket({ present, past, ring, crypto }: Recordings): Buffer {
  const opened = openPacket(crypto, pick(below(2) === 0 ? present : past));
  if (opened.type === 'refused') throw new Error(`a recording is ${opened.reason}`);
  const sequence = 1 + below(2 ** 40);
  const header = { keyId: ring.sendId, boot: newBootId(), sequence, sealed: below(2) === 0 };
  return sealPacket(crypto, header, changedBody(opened.body));
}
