import { randomBytes } from 'node:crypto';
import { decodeHeartbeat, encodeHeartbeat } from '@piranha/protocol';
import { below, cutShort, pick, withFlips } from '../chance.js';
import { type HostileKind, WORDS } from '../hostile.js';

/** What was recorded of a pair without a key. */
interface RecordedWords {
  /** What the partner of the one that is fed says. */
  readonly present: readonly Buffer[];
}

/**
 * What a pair without a key is fed with from its partner's addresses. Words can be forged by anybody: what pulse cannot
 * tell from its partner's word is a word, and left to strangers, but for a replay of what the partner says.
 */
export const HOSTILE_WORDS: readonly HostileKind<RecordedWords>[] = [
  ['random bytes', () => noWord(() => randomBytes(4 + below(1_400)))],
  ['one to four bits turned', ({ present }) => noWord(() => withFlips(pick(present)))],
  ['cut short', ({ present }) => cutShort(pick(present))],
  ['like a beat', () => Buffer.concat([Buffer.from('PIR1'), randomBytes(below(400))])],
  ['replayed from the partner', ({ present }) => pick(present)],
  ['every word, from strangers', () => encodeHeartbeat(pick(WORDS), below(2) === 0 ? 'little' : 'big')],
];

function noWord(make: () => Buffer): Buffer {
  for (;;) {
    const packet = make();
    if (decodeHeartbeat(packet).type !== 'word') return packet;
  }
}
