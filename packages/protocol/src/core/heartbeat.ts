/**
 * The original's heartbeat: one unsigned 32-bit word in the sender's byte order on UDP, port 539. We write
 * little-endian, as every x86 pulse does.
 */

export type HeartbeatWord =
  | 'lvs running'
  | 'lvs stopped'
  | 'fos running'
  | 'fos stopped'
  | 'fos go inactive'
  | 'hold'
  | 'held';

const WORDS: Readonly<Record<HeartbeatWord, number>> = {
  'lvs running': 0xbdaddbda,
  'lvs stopped': 0xadbddabd,
  'fos running': 0xbeefbabe,
  'fos stopped': 0xdeadbeef,
  'fos go inactive': 0xdeaddada,
  hold: 0xdeafbabe,
  held: 0xdeafdada,
};

const NAMES: ReadonlyMap<number, HeartbeatWord> = new Map(
  (Object.entries(WORDS) as [HeartbeatWord, number][]).map(([name, word]) => [word, name]),
);

export type HeartbeatVerdict =
  | { readonly type: 'word'; readonly word: HeartbeatWord }
  /** Fewer than four bytes. */
  | { readonly type: 'bad length'; readonly bytes: number }
  | { readonly type: 'unknown word'; readonly value: number };

/** The four bytes of a word. */
export function encodeHeartbeat(word: HeartbeatWord): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(WORDS[word]);
  return bytes;
}

/** Reads a datagram; more than four bytes are cut to four, as the original's receive buffer did. */
export function decodeHeartbeat(datagram: Buffer): HeartbeatVerdict {
  if (datagram.length < 4) return { type: 'bad length', bytes: datagram.length };
  const value = datagram.readUInt32LE(0);
  const word = NAMES.get(value);
  return word === undefined ? { type: 'unknown word', value } : { type: 'word', word };
}
