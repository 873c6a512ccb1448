/**
 * What a director without a key adds to the original's word, so that a partner of the same suite can agree with it on one:
 * behind the four bytes, where an original partner no longer reads. docs/heartbeat-protocol.md has the form and its worth.
 */

const MAGIC = Buffer.from('PIRA');
const VERSION = 1;
const WORD_BYTES = 4;
const HEADER_BYTES = 8;

/** Length of a public key of X25519 (RFC 7748). */
export const PUBLIC_KEY_BYTES = 32;
const ANNOUNCEMENT_BYTES = HEADER_BYTES + 2 * PUBLIC_KEY_BYTES;
const NOBODY = Buffer.alloc(PUBLIC_KEY_BYTES);

export interface Announcement {
  /** The sender's, 32 bytes. */
  readonly publicKey: Buffer;
  /** The other's that the sender heard last; undefined: none. Only who hears the sender can have told it. */
  readonly heard: Buffer | undefined;
}

/** A word with an announcement behind it. */
export function withAnnouncement(word: Buffer, { publicKey, heard }: Announcement): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt8(VERSION, MAGIC.length);
  return Buffer.concat([word, header, publicKey, heard ?? NOBODY]);
}

/** The announcement behind a word; undefined where there is none, or one of another version. Never throws. */
export function announcementIn(datagram: Buffer): Announcement | undefined {
  if (datagram.length !== WORD_BYTES + ANNOUNCEMENT_BYTES) return undefined;
  const [magicEnd, keyAt] = [WORD_BYTES + MAGIC.length, WORD_BYTES + HEADER_BYTES];
  if (!datagram.subarray(WORD_BYTES, magicEnd).equals(MAGIC)) return undefined;
  if (datagram.readUInt32BE(magicEnd) !== VERSION << 24) return undefined;
  const publicKey = Buffer.from(datagram.subarray(keyAt, keyAt + PUBLIC_KEY_BYTES));
  const heard = Buffer.from(datagram.subarray(keyAt + PUBLIC_KEY_BYTES));
  if (publicKey.equals(NOBODY)) return undefined;
  return { publicKey, heard: heard.equals(NOBODY) ? undefined : heard };
}
