import { addressBytes } from './address-bytes.js';
import { encodeNetlinkAttribute, encodeNetlinkMessage } from './netlink-message.js';

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const RTM_NEWADDR = 20;
const RTM_DELADDR = 21;
const RTM_GETADDR = 22;

const REQUEST = 0x1;
const ACK = 0x4;
const EXCLUSIVE = 0x200;
const CREATE = 0x400;
const DUMP = 0x300;

const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_LABEL = 3;
const IFA_BROADCAST = 4;
const IFA_CACHEINFO = 6;
const IFA_FLAGS = 8;

const AF_INET = 2;
const AF_INET6 = 10;
const FLAG_NODAD = 0x2;
const FLAG_NO_PREFIX_ROUTE = 0x200;
const FOR_EVER = 0xffffffff;
const LABEL_LIMIT_BYTES = 15;
const LINK_REQUEST_BYTES = 16;
const ADDRESS_REQUEST_BYTES = 8;
const IFF_UP = 0x1;

/** An address that an interface shall get or lose. */
export interface AddressSpec {
  /** Number of the interface, from 1. */
  readonly ifindex: number;
  readonly address: string;
  readonly prefixLength: number;
  /** Name for old tools, such as `eth0:1`, at most 15 bytes; IPv4 only. */
  readonly label?: string | undefined;
  /** IPv4 only. */
  readonly broadcast?: string | undefined;
}

/** Asks for every link. */
export function listLinksRequest(sequence: number): Buffer {
  return listRequest(RTM_GETLINK, LINK_REQUEST_BYTES, sequence);
}

/** Asks for every address of both families. */
export function listAddressesRequest(sequence: number): Buffer {
  return listRequest(RTM_GETADDR, ADDRESS_REQUEST_BYTES, sequence);
}

/** Switches the interface of number `ifindex` on or off; nothing else of it changes. */
export function switchLinkRequest(sequence: number, ifindex: number, isUp: boolean): Buffer {
  const payload = Buffer.alloc(LINK_REQUEST_BYTES);
  payload.writeInt32LE(ifindex, 4);
  payload.writeUInt32LE(isUp ? IFF_UP : 0, 8);
  payload.writeUInt32LE(IFF_UP, 12); // which flags to change
  return encodeNetlinkMessage({ type: RTM_NEWLINK, flags: REQUEST | ACK, sequence, payload });
}

function listRequest(type: number, bytes: number, sequence: number): Buffer {
  return encodeNetlinkMessage({ type, flags: REQUEST | DUMP, sequence, payload: Buffer.alloc(bytes) });
}

/**
 * Gives an interface an address. IPv6 goes without duplicate detection, which would leave an address that moves here
 * from another holder unusable, without a prefix route, and deprecated: the machine's own connections do not choose it.
 * Throws where an address or the label cannot be.
 */
export function addAddressRequest(sequence: number, spec: AddressSpec): Buffer {
  const bytes = bytesOf(spec.address);
  const attributes = bytes.length === 4 ? ipv4Attributes(spec, bytes) : ipv6Attributes(bytes);
  const payload = Buffer.concat([addressHeader(spec, bytes), ...attributes]);
  return encodeNetlinkMessage({
    type: RTM_NEWADDR,
    flags: REQUEST | ACK | CREATE | EXCLUSIVE,
    sequence,
    payload,
  });
}

/** Takes an address from an interface; label and broadcast do not matter. Throws where it is no address. */
export function deleteAddressRequest(sequence: number, spec: AddressSpec): Buffer {
  const bytes = bytesOf(spec.address);
  const payload = Buffer.concat([addressHeader(spec, bytes), ...bothEnds(bytes)]);
  return encodeNetlinkMessage({ type: RTM_DELADDR, flags: REQUEST | ACK, sequence, payload });
}

function bytesOf(address: string): Buffer {
  const bytes = addressBytes(address);
  if (bytes === undefined) throw new Error(`no address: ${address}`);
  return bytes;
}

function addressHeader({ ifindex, prefixLength }: AddressSpec, address: Buffer): Buffer {
  const header = Buffer.alloc(ADDRESS_REQUEST_BYTES);
  header.writeUInt8(address.length === 4 ? AF_INET : AF_INET6, 0);
  header.writeUInt8(prefixLength, 1);
  header.writeUInt32LE(ifindex, 4);
  return header;
}

/** Own address and peer are the same on everything but a point-to-point link. */
function bothEnds(address: Buffer): readonly Buffer[] {
  return [encodeNetlinkAttribute(IFA_LOCAL, address), encodeNetlinkAttribute(IFA_ADDRESS, address)];
}

function ipv4Attributes({ label, broadcast }: AddressSpec, address: Buffer): readonly Buffer[] {
  const attributes = [...bothEnds(address)];
  if (broadcast !== undefined) attributes.push(encodeNetlinkAttribute(IFA_BROADCAST, bytesOf(broadcast)));
  if (label !== undefined) {
    const text = Buffer.from(`${label}\0`);
    if (text.length > LABEL_LIMIT_BYTES + 1) throw new Error(`label over 15 bytes: ${label}`);
    attributes.push(encodeNetlinkAttribute(IFA_LABEL, text));
  }
  return attributes;
}

function ipv6Attributes(address: Buffer): readonly Buffer[] {
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(FLAG_NODAD | FLAG_NO_PREFIX_ROUTE);
  const lifetimes = Buffer.alloc(16);
  lifetimes.writeUInt32LE(0, 0); // preferred: 0 s makes it deprecated
  lifetimes.writeUInt32LE(FOR_EVER, 4); // valid
  return [
    ...bothEnds(address),
    encodeNetlinkAttribute(IFA_FLAGS, flags),
    encodeNetlinkAttribute(IFA_CACHEINFO, lifetimes),
  ];
}
