import { addressBytes } from './address-bytes.js';
import { macBytes } from './mac.js';

const NEIGHBOUR_ADVERTISEMENT = 136;
const OVERRIDE = 0x20000000;
const ROUTER = 0x80000000;
const TARGET_LINK_LAYER_ADDRESS = 2;

/** Who holds an IPv6 address. */
export interface Ipv6Holder {
  readonly mac: string;
  readonly address: string;
  /** True when this machine forwards IPv6 on the interface: neighbours drop a router that denies to be one. */
  readonly isRouter: boolean;
}

/**
 * An unsolicited neighbour advertisement (RFC 4861, 7.2.6) as an ICMPv6 message of 32 bytes. The override flag makes
 * neighbours replace what they know. The checksum is left to the kernel.
 */
export function unsolicitedAdvertisement({ mac, address, isRouter }: Ipv6Holder): Buffer {
  const target = addressBytes(address);
  if (target?.length !== 16) throw new Error(`no IPv6 address: ${address}`);
  const message = Buffer.alloc(32);
  message.writeUInt8(NEIGHBOUR_ADVERTISEMENT, 0);
  message.writeUInt32BE(OVERRIDE + (isRouter ? ROUTER : 0), 4);
  target.copy(message, 8);
  message.writeUInt8(TARGET_LINK_LAYER_ADDRESS, 24);
  message.writeUInt8(1, 25); // length in units of 8 bytes
  macBytes(mac).copy(message, 26);
  return message;
}
