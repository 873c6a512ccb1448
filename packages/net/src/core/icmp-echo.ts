import { checksum } from './tcp-packet.js';

/** ICMP's echo (RFC 792, RFC 4443): the question's data comes back unchanged. */

const HEADER_BYTES = 8;
const LIMIT_BYTES = 512;
const REQUEST = { 4: 8, 6: 128 } as const;
const REPLY = { 4: 0, 6: 129 } as const;

/** A question. The checksum of one over IPv6 is the kernel's work. */
export function echoRequest(family: 4 | 6, identifier: number, sequence: number, data: Buffer): Buffer {
  const message = Buffer.alloc(HEADER_BYTES + data.length);
  message.writeUInt8(REQUEST[family], 0);
  message.writeUInt16BE(identifier, 4);
  message.writeUInt16BE(sequence, 6);
  data.copy(message, HEADER_BYTES);
  if (family === 4) message.writeUInt16BE(checksum(message), 2);
  return message;
}

/**
 * The sequence number of an answer with this identifier and data, from what a raw socket of the family receives: IPv4
 * packets with their header, IPv6 messages without. Undefined for everything else.
 */
export function readEchoReply(
  family: 4 | 6,
  packet: Buffer,
  identifier: number,
  data: Buffer,
): number | undefined {
  if (packet.length === 0 || packet.length > LIMIT_BYTES) return undefined;
  const message = family === 4 ? packet.subarray((packet.readUInt8(0) & 15) * 4) : packet;
  if (message.length < HEADER_BYTES || message.readUInt16BE(4) !== identifier) return undefined;
  return readEchoMessage(family, message, data);
}

/**
 * The same from what a datagram socket of ICMP receives, which has no header in either family. Its identifiers are the
 * kernel's own, which gives it answers to its own questions alone.
 */
export function readEchoMessage(family: 4 | 6, message: Buffer, data: Buffer): number | undefined {
  if (message.length < HEADER_BYTES || message.length > LIMIT_BYTES) return undefined;
  if (message.readUInt8(0) !== REPLY[family]) return undefined;
  return message.subarray(HEADER_BYTES).equals(data) ? message.readUInt16BE(6) : undefined;
}

/**
 * Whether a question with this data is quoted, from its first byte on, by an ICMP message about it. Of a long one a
 * router quotes no more than the header. `identifier` is undefined where the kernel gave its own.
 */
export function quotesRequest(
  family: 4 | 6,
  quoted: Buffer,
  identifier: number | undefined,
  data: Buffer,
): boolean {
  if (quoted.length < HEADER_BYTES || quoted.readUInt8(0) !== REQUEST[family]) return false;
  if (identifier !== undefined && quoted.readUInt16BE(4) !== identifier) return false;
  const rest = quoted.subarray(HEADER_BYTES, HEADER_BYTES + data.length);
  return rest.equals(data.subarray(0, rest.length));
}
