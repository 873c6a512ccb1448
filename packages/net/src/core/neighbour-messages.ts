import { addressBytes } from './address-bytes.js';
import { encodeNetlinkAttribute, encodeNetlinkMessage } from './netlink-message.js';

const RTM_NEWNEIGH = 28;
const RTM_GETNEIGH = 30;

const REQUEST = 0x1;
const ACK = 0x4;
const DUMP = 0x300;
const CREATE = 0x400;

const NDA_DST = 1;
const NDA_LLADDR = 2;
const NUD_REACHABLE = 0x02;

const AF_INET = 2;
const AF_INET6 = 10;
const HEADER_BYTES = 12;
const LINK_ADDRESS = /^[0-9a-f]{2}(?::[0-9a-f]{2}){0,31}$/;

/** A neighbour and where it is. */
export interface NeighbourSpec {
  /** Number of the interface, from 1. */
  readonly ifindex: number;
  /** IPv4 or IPv6, without a zone. */
  readonly address: string;
  /** 1 to 32 bytes in lower case with colons, 6 on Ethernet. */
  readonly linkAddress: string;
}

/** Asks for the whole neighbour table of a family: kernels before 5.0 know no question about one entry. */
export function listNeighboursRequest(sequence: number, family: 4 | 6): Buffer {
  const payload = Buffer.alloc(HEADER_BYTES);
  payload.writeUInt8(family === 4 ? AF_INET : AF_INET6, 0);
  return encodeNetlinkMessage({ type: RTM_GETNEIGH, flags: REQUEST | DUMP, sequence, payload });
}

/**
 * Makes a neighbour reachable at a link-layer address, whether there is an entry or not. The flag REPLACE is left out on
 * purpose: so the kernel keeps an entry that is valid with another link-layer address, and what it knows of routers. Throws
 * where an address cannot be.
 */
export function confirmNeighbourRequest(
  sequence: number,
  { ifindex, address, linkAddress }: NeighbourSpec,
): Buffer {
  const destination = addressBytes(address);
  if (destination === undefined) throw new Error(`no address: ${address}`);
  if (!LINK_ADDRESS.test(linkAddress)) throw new Error(`no link-layer address: ${linkAddress}`);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(destination.length === 4 ? AF_INET : AF_INET6, 0);
  header.writeInt32LE(ifindex, 4);
  header.writeUInt16LE(NUD_REACHABLE, 8);
  const payload = Buffer.concat([
    header,
    encodeNetlinkAttribute(NDA_DST, destination),
    encodeNetlinkAttribute(NDA_LLADDR, Buffer.from(linkAddress.replaceAll(':', ''), 'hex')),
  ]);
  return encodeNetlinkMessage({ type: RTM_NEWNEIGH, flags: REQUEST | ACK | CREATE, sequence, payload });
}
