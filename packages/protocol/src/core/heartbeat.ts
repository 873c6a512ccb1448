/**
 * The original's heartbeat: one unsigned 32-bit word in the sender's byte order on UDP, port 539. We write
 * little-endian, as every x86 pulse does, unless the partner writes otherwise: an original reads its own order alone.
 */

export type ByteOrder = 'little' | 'big';

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
  | { readonly type: 'word'; readonly word: HeartbeatWord; readonly byteOrder: ByteOrder }
  /** Fewer than four bytes. */
  | { readonly type: 'bad length'; readonly bytes: number }
  /** Of no order; the value is read as little-endian. */
  | { readonly type: 'unknown word'; readonly value: number };

/** The four bytes of a word. */
export function encodeHeartbeat(word: HeartbeatWord, byteOrder: ByteOrder = 'little'): Buffer {
  const bytes = Buffer.alloc(4);
  if (byteOrder === 'little') bytes.writeUInt32LE(WORDS[word]);
  else bytes.writeUInt32BE(WORDS[word]);
  return bytes;
}

/**
 * Reads a datagram of either byte order: no word is another one backwards. More than four bytes are cut to four, as the
 * original's receive buffer did.
 */
export function decodeHeartbeat(datagram: Buffer): HeartbeatVerdict {
  if (datagram.length < 4) return { type: 'bad length', bytes: datagram.length };
  const value = datagram.readUInt32LE(0);
  const little = NAMES.get(value);
  if (little !== undefined) return { type: 'word', word: little, byteOrder: 'little' };
  const big = NAMES.get(datagram.readUInt32BE(0));
  if (big !== undefined) return { type: 'word', word: big, byteOrder: 'big' };
  return { type: 'unknown word', value };
}
