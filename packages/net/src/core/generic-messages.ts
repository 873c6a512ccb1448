import {
  encodeNetlinkAttribute,
  encodeNetlinkMessage,
  type NetlinkMessage,
  netlinkAttributes,
} from './netlink-message.js';

/** Generic netlink: a netlink message whose type is a family's number, with a header of its own (linux/genetlink.h). */

const REQUEST = 0x1;
const ACK = 0x4;
const HEADER_BYTES = 4;

const CONTROLLER = 16;
const CONTROLLER_VERSION = 1;
const GET_FAMILY = 3;
const FAMILY_NUMBER = 1;
const FAMILY_NAME = 2;

/** Where a request goes. */
export interface GenericHeader {
  /** The family's number, by which its messages are known. */
  readonly type: number;
  readonly version: number;
  readonly command: number;
}

/** A request for a change, to be acknowledged. */
export function genericRequest(sequence: number, header: GenericHeader, attributes: Buffer): Buffer {
  const { type, version, command } = header;
  const payload = Buffer.concat([Buffer.from([command, version, 0, 0]), attributes]);
  return encodeNetlinkMessage({ type, flags: REQUEST | ACK, sequence, payload });
}

/** Asks for a family by its name. */
export function getFamilyRequest(sequence: number, name: string): Buffer {
  const header = { type: CONTROLLER, version: CONTROLLER_VERSION, command: GET_FAMILY };
  return genericRequest(sequence, header, encodeNetlinkAttribute(FAMILY_NAME, Buffer.from(`${name}\0`)));
}

/** The family's number from what came for getFamilyRequest; undefined where it is not among it. Never throws. */
export function readFamilyNumber(messages: readonly NetlinkMessage[]): number | undefined {
  for (const { payload } of messages) {
    const number = netlinkAttributes(payload.subarray(HEADER_BYTES)).get(FAMILY_NUMBER);
    if (number !== undefined && number.length >= 2) return number.readUInt16LE();
  }
  return undefined;
}
