import { checksum } from './tcp-packet.js';

/** ICMP's question for the time of day (RFC 792): times are ms since midnight UTC. */

const REQUEST = 13;
const REPLY = 14;
const MESSAGE_BYTES = 20;
const DAY_MS = 86_400_000;
/** Set in a time that is none since midnight. */
const NO_STANDARD_TIME = 0x80000000;

/** A question, told apart from others by its identifier (0 to 65535). */
export function timestampRequest(identifier: number, sentAtMs: number): Buffer {
  const message = Buffer.alloc(MESSAGE_BYTES);
  message.writeUInt8(REQUEST, 0);
  message.writeUInt16BE(identifier, 4);
  message.writeUInt32BE(sentAtMs % DAY_MS, 8);
  message.writeUInt16BE(checksum(message), 2);
  return message;
}

/**
 * By how much the answering clock is ahead, ms, from an IPv4 packet with the answer; undefined for everything else.
 * @param sentAtMs, receivedAtMs Unix time of this machine's clock
 */
export function readTimestampReply(
  packet: Buffer,
  identifier: number,
  sentAtMs: number,
  receivedAtMs: number,
): number | undefined {
  const headerBytes = packet.length === 0 ? 0 : (packet.readUInt8(0) & 15) * 4;
  const message = packet.subarray(headerBytes);
  if (message.length < MESSAGE_BYTES || message.readUInt8(0) !== REPLY) return undefined;
  if (message.readUInt16BE(4) !== identifier) return undefined;
  const theirs = message.readUInt32BE(16);
  if (theirs >= NO_STANDARD_TIME || theirs >= DAY_MS) return undefined;
  const ownMs = (sentAtMs + (receivedAtMs - sentAtMs) / 2) % DAY_MS;
  const ahead = theirs - ownMs;
  // The two may stand on either side of midnight.
  if (ahead > DAY_MS / 2) return Math.round(ahead - DAY_MS);
  return Math.round(ahead < -DAY_MS / 2 ? ahead + DAY_MS : ahead);
}
