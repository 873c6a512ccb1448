const HEADER_BYTES = 16;
const ATTRIBUTE_HEADER_BYTES = 4;
/** The upper two bits of an attribute's type are flags. */
const ATTRIBUTE_TYPE = 0x3fff;
const NLMSG_ERROR = 2;
const FLAG_CAPPED = 0x100;
const FLAG_ACK_TEXT = 0x200;
const ERROR_TEXT_ATTRIBUTE = 1;
const ERROR_TEXT_LIMIT_BYTES = 200;

/** Ends a list that came in several parts. */
export const NLMSG_DONE = 3;
/** Set on a part of a list that changed while it was read: the list must be asked for again. */
export const FLAG_DUMP_INTERRUPTED = 0x10;

/** One message of netlink, without its header. */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  /** That of the request it answers; 0 in an event. */
  readonly sequence: number;
  readonly payload: Buffer;
}

/** What the kernel answered to a request: errno 0 is success. */
export interface NetlinkAnswer {
  readonly errno: number;
  /** The kernel's own words about a failure, where it has some. */
  readonly text: string | undefined;
}

function aligned(bytes: number): number {
  return (bytes + 3) & ~3;
}

/** The whole messages of a datagram; ends at the first that is broken or cut off. Never throws. */
export function netlinkMessages(datagram: Buffer): readonly NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  for (let offset = 0; offset + HEADER_BYTES <= datagram.length; ) {
    const length = datagram.readUInt32LE(offset);
    if (length < HEADER_BYTES || length > datagram.length - offset) break;
    messages.push({
      type: datagram.readUInt16LE(offset + 4),
      flags: datagram.readUInt16LE(offset + 6),
      sequence: datagram.readUInt32LE(offset + 8),
      payload: datagram.subarray(offset + HEADER_BYTES, offset + length),
    });
    offset += aligned(length);
  }
  return messages;
}

/** The attributes by type, the last of each; ends at the first that is broken. Never throws. */
export function netlinkAttributes(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  for (let offset = 0; offset + ATTRIBUTE_HEADER_BYTES <= bytes.length; ) {
    const length = bytes.readUInt16LE(offset);
    if (length < ATTRIBUTE_HEADER_BYTES || length > bytes.length - offset) break;
    const type = bytes.readUInt16LE(offset + 2) & ATTRIBUTE_TYPE;
    attributes.set(type, bytes.subarray(offset + ATTRIBUTE_HEADER_BYTES, offset + length));
    offset += aligned(length);
  }
  return attributes;
}

/** A message with its header, padded so that another may follow. */
export function encodeNetlinkMessage({ type, flags, sequence, payload }: NetlinkMessage): Buffer {
  const length = HEADER_BYTES + payload.length;
  const message = Buffer.alloc(aligned(length));
  message.writeUInt32LE(length, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt16LE(flags, 6);
  message.writeUInt32LE(sequence, 8);
  payload.copy(message, HEADER_BYTES);
  return message;
}

/** An attribute with its header, padded. */
export function encodeNetlinkAttribute(type: number, value: Buffer): Buffer {
  const length = ATTRIBUTE_HEADER_BYTES + value.length;
  const attribute = Buffer.alloc(aligned(length));
  attribute.writeUInt16LE(length, 0);
  attribute.writeUInt16LE(type, 2);
  value.copy(attribute, ATTRIBUTE_HEADER_BYTES);
  return attribute;
}

/** The answer that a message carries; undefined for every message that is none. Never throws. */
export function netlinkAnswer({ type, flags, payload }: NetlinkMessage): NetlinkAnswer | undefined {
  // The end of a list carries an errno too.
  if ((type !== NLMSG_ERROR && type !== NLMSG_DONE) || payload.length < 4) return undefined;
  return { errno: Math.abs(payload.readInt32LE(0)), text: answerText(flags, payload) };
}

/** The text stands behind the errno and the request, of which only the header may be left. */
function answerText(flags: number, payload: Buffer): string | undefined {
  if ((flags & FLAG_ACK_TEXT) === 0 || payload.length < 4 + HEADER_BYTES) return undefined;
  const requestBytes = (flags & FLAG_CAPPED) === 0 ? payload.readUInt32LE(4) : HEADER_BYTES;
  const attributes = payload.subarray(4 + aligned(Math.min(requestBytes, payload.length)));
  const text = netlinkAttributes(attributes).get(ERROR_TEXT_ATTRIBUTE);
  return text && netlinkText(text.subarray(0, ERROR_TEXT_LIMIT_BYTES));
}

/** Text up to the first zero byte. */
export function netlinkText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}
