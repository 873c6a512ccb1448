/**
 * The words of the original pulse, written down a second time on purpose: this partner must not believe in our codec.
 */

export type OldWord =
  | 'lvs running'
  | 'lvs stopped'
  | 'fos running'
  | 'fos stopped'
  | 'fos go inactive'
  | 'hold'
  | 'held';

/** Byte order of the machine that an old pulse runs on. */
export type ByteOrder = 'little' | 'big';

const WORDS: readonly (readonly [OldWord, number])[] = [
  ['lvs running', 0xbdaddbda],
  ['lvs stopped', 0xadbddabd],
  ['fos running', 0xbeefbabe],
  ['fos stopped', 0xdeadbeef],
  ['fos go inactive', 0xdeaddada],
  ['hold', 0xdeafbabe],
  ['held', 0xdeafdada],
];

const WORD_BYTES = 4;

export type OldReading =
  | { readonly type: 'word'; readonly word: OldWord }
  | { readonly type: 'short' }
  | { readonly type: 'unknown' };

/** The four bytes of a word as a machine of this byte order sends it. */
export function oldWordBytes(word: OldWord, order: ByteOrder): Uint8Array {
  const value = WORDS.find(([name]) => name === word)?.[1] ?? 0;
  const bytes = new Uint8Array(WORD_BYTES);
  new DataView(bytes.buffer).setUint32(0, value, order === 'little');
  return bytes;
}

/** What a machine of this byte order reads; the receive buffer cuts a longer datagram to four bytes. */
export function readOldWord(datagram: Uint8Array, order: ByteOrder): OldReading {
  if (datagram.length < WORD_BYTES) return { type: 'short' };
  const view = new DataView(datagram.buffer, datagram.byteOffset, WORD_BYTES);
  const value = view.getUint32(0, order === 'little');
  const word = WORDS.find(([, known]) => known === value)?.[0];
  return word === undefined ? { type: 'unknown' } : { type: 'word', word };
}
