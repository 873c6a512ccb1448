/**
 * The envelope of a beat: who sent it by which key, its number, and proof that neither was changed.
 *
 *     0  magic "PIR1"          12  boot id of the sender (8)
 *     4  version 1             20  sequence (8), from 1
 *     5  flags                 28  body
 *     6  two zero bytes        ..  tag (16)
 *     8  key id (4)
 *
 * Numbers are big-endian.
 */

const MAGIC = 0x50_49_52_31;
const VERSION = 1;
/** The body is encrypted; without it, it can be read by anybody and changed by nobody. */
const FLAG_SEALED = 1;
const HEADER_BYTES = 28;
/** Length of the proof at the end. */
export const TAG_BYTES = 16;

/** Longest datagram: the least packet size of IPv6 (1,280) without the headers of IPv6 (40) and UDP (8). */
export const PACKET_LIMIT_BYTES = 1_232;
/** Longest body within. */
export const BODY_LIMIT_BYTES = PACKET_LIMIT_BYTES - HEADER_BYTES - TAG_BYTES;

/**
 * How far a process that speaks for another one of its node goes on counting: the guardian takes boot id and last
 * known sequence of a worker that died and begins this much higher. So no number is used twice, even if the worker was
 * only asleep, and the partner needs no new proof.
 */
export const STAND_IN_LEAP = 2 ** 40;

export interface EnvelopeHeader {
  /** 0 to 2^32 - 1. */
  readonly keyId: number;
  /** The sender's life: 16 hexadecimal digits, drawn at random when it began. */
  readonly boot: string;
  /** 1 to 2^53 - 1; each number is used once in a life. */
  readonly sequence: number;
  /** Encrypted, not only authenticated. */
  readonly sealed: boolean;
}

/** The cryptography behind an envelope. Neither function throws for what came from outside. */
export interface BeatSealer {
  /** Whether packets of this key can be opened. */
  knows(keyId: number): boolean;
  /**
   * The body as it travels (of the same length) and a tag of 16 bytes over all of it and `headerBytes`.
   * @throws Error for a key that is not known
   */
  seal(
    header: EnvelopeHeader,
    headerBytes: Buffer,
    body: Buffer,
  ): { readonly body: Buffer; readonly tag: Buffer };
  /** The body as it was; undefined when anything was changed or another secret was used. */
  open(header: EnvelopeHeader, headerBytes: Buffer, body: Buffer, tag: Buffer): Buffer | undefined;
}

export type RefusedPacket =
  | 'no envelope'
  | 'too short'
  | 'too long'
  | 'other version'
  | 'bad header'
  | 'unknown key'
  | 'not authentic';

export type PacketVerdict =
  | { readonly type: 'packet'; readonly header: EnvelopeHeader; readonly body: Buffer }
  | { readonly type: 'refused'; readonly reason: RefusedPacket };

/** True for a datagram of the own protocol; the words of the original, which share the port, never begin so. */
export function isEnvelope(datagram: Buffer): boolean {
  return datagram.length >= 4 && datagram.readUInt32BE(0) === MAGIC;
}

/**
 * A datagram of an encoded beat.
 * @throws RangeError for a body over the limit or a sequence out of range
 */
export function sealPacket(sealer: BeatSealer, header: EnvelopeHeader, body: Buffer): Buffer {
  if (body.length > BODY_LIMIT_BYTES) throw new RangeError(`beat of ${body.length} bytes`);
  if (!Number.isSafeInteger(header.sequence) || header.sequence < 1) {
    throw new RangeError(`sequence ${header.sequence}`);
  }
  const headerBytes = Buffer.alloc(HEADER_BYTES);
  headerBytes.writeUInt32BE(MAGIC, 0);
  headerBytes[4] = VERSION;
  headerBytes[5] = header.sealed ? FLAG_SEALED : 0;
  headerBytes.writeUInt32BE(header.keyId, 8);
  headerBytes.write(header.boot, 12, 'hex');
  headerBytes.writeUInt32BE(Math.floor(header.sequence / 2 ** 32), 20);
  headerBytes.writeUInt32BE(header.sequence % 2 ** 32, 24);
  const sealed = sealer.seal(header, headerBytes, body);
  return Buffer.concat([headerBytes, sealed.body, sealed.tag]);
}

const refused = (reason: RefusedPacket): PacketVerdict => ({ type: 'refused', reason });

/** Opens a datagram: its header and body if they are exactly what a holder of the secret sent. Never throws. */
export function openPacket(sealer: BeatSealer, datagram: Buffer): PacketVerdict {
  if (!isEnvelope(datagram)) return refused('no envelope');
  if (datagram.length < HEADER_BYTES + TAG_BYTES) return refused('too short');
  if (datagram.length > PACKET_LIMIT_BYTES) return refused('too long');
  if (datagram[4] !== VERSION) return refused('other version');
  const flags = datagram[5] ?? 0;
  const sequence = datagram.readUInt32BE(20) * 2 ** 32 + datagram.readUInt32BE(24);
  const isOdd = (flags & ~FLAG_SEALED) !== 0 || datagram.readUInt16BE(6) !== 0;
  if (isOdd || sequence < 1 || sequence > Number.MAX_SAFE_INTEGER) return refused('bad header');
  const keyId = datagram.readUInt32BE(8);
  if (!sealer.knows(keyId)) return refused('unknown key');
  const header = {
    keyId,
    boot: datagram.toString('hex', 12, 20),
    sequence,
    sealed: flags === FLAG_SEALED,
  };
  const bodyEnd = datagram.length - TAG_BYTES;
  const body = sealer.open(
    header,
    datagram.subarray(0, HEADER_BYTES),
    datagram.subarray(HEADER_BYTES, bodyEnd),
    datagram.subarray(bodyEnd),
  );
  return body === undefined ? refused('not authentic') : { type: 'packet', header, body };
}
