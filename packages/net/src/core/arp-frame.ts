import { formatIpv4, parseIpv4 } from '@piranha/common';
import { BROADCAST_MAC, formatMac, macBytes } from './mac.js';

/** EtherType of ARP. */
export const ETHERTYPE_ARP = 0x0806;
/** Shortest Ethernet frame without its checksum, bytes. */
const FRAME_BYTES = 60;
/** Ethernet header and ARP packet, bytes; the rest of a frame is padding. */
const ARP_END = 42;
const NO_MAC = '00:00:00:00:00:00';

/** An ARP packet for IPv4 over Ethernet. MACs in lower case with colons, addresses dotted. */
export interface ArpPacket {
  /** 1 request, 2 reply; others are possible on the wire. */
  readonly operation: number;
  readonly senderMac: string;
  readonly senderAddress: string;
  readonly targetMac: string;
  readonly targetAddress: string;
}

/** Who holds an IPv4 address. */
export interface ArpHolder {
  readonly mac: string;
  readonly address: string;
}

/**
 * A gratuitous ARP reply, byte for byte as the original's send_arp: the target is the sender itself, hardware address
 * too. `destinationMac` is the station that gets it; all of them unless told.
 */
export function gratuitousReply({ mac, address }: ArpHolder, destinationMac = BROADCAST_MAC): Buffer {
  return arpFrame(destinationMac, {
    operation: 2,
    senderMac: mac,
    senderAddress: address,
    targetMac: mac,
    targetAddress: address,
  });
}

/** A gratuitous ARP in the form of a request: who asks for its own address. */
export function gratuitousRequest({ mac, address }: ArpHolder): Buffer {
  return arpFrame(BROADCAST_MAC, {
    operation: 1,
    senderMac: mac,
    senderAddress: address,
    targetMac: NO_MAC,
    targetAddress: address,
  });
}

/** A probe for other holders of an address (RFC 5227): a request from nobody, which changes no neighbour's cache. */
export function arpProbe({ mac, address }: ArpHolder): Buffer {
  return arpFrame(BROADCAST_MAC, {
    operation: 1,
    senderMac: mac,
    senderAddress: '0.0.0.0',
    targetMac: NO_MAC,
    targetAddress: address,
  });
}

/**
 * Asks who holds `wanted`; the answer comes to `asker` alone. `destinationMac` is the station that gets it: all of
 * them unless told.
 */
export function arpRequest(asker: ArpHolder, wanted: string, destinationMac = BROADCAST_MAC): Buffer {
  return arpFrame(destinationMac, {
    operation: 1,
    senderMac: asker.mac,
    senderAddress: asker.address,
    targetMac: NO_MAC,
    targetAddress: wanted,
  });
}

function arpFrame(destinationMac: string, packet: ArpPacket): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  macBytes(destinationMac).copy(frame, 0);
  macBytes(packet.senderMac).copy(frame, 6);
  frame.writeUInt16BE(ETHERTYPE_ARP, 12);
  frame.writeUInt16BE(1, 14); // Ethernet
  frame.writeUInt16BE(0x0800, 16); // IPv4
  frame.writeUInt8(6, 18);
  frame.writeUInt8(4, 19);
  frame.writeUInt16BE(packet.operation, 20);
  macBytes(packet.senderMac).copy(frame, 22);
  frame.writeUInt32BE(ipv4(packet.senderAddress), 28);
  macBytes(packet.targetMac).copy(frame, 32);
  frame.writeUInt32BE(ipv4(packet.targetAddress), 38);
  return frame;
}

function ipv4(text: string): number {
  const value = parseIpv4(text);
  if (value === undefined) throw new Error(`no IPv4 address: ${text}`);
  return value;
}

/** Reads an Ethernet frame with ARP for IPv4; undefined for everything else. Padding is ignored. */
export function parseArp(frame: Buffer): ArpPacket | undefined {
  if (frame.length < ARP_END || frame.readUInt16BE(12) !== ETHERTYPE_ARP) return undefined;
  if (frame.readUInt16BE(14) !== 1 || frame.readUInt16BE(16) !== 0x0800) return undefined;
  if (frame.readUInt8(18) !== 6 || frame.readUInt8(19) !== 4) return undefined;
  return {
    operation: frame.readUInt16BE(20),
    senderMac: formatMac(frame.subarray(22, 28)),
    senderAddress: formatIpv4(frame.readUInt32BE(28)),
    targetMac: formatMac(frame.subarray(32, 38)),
    targetAddress: formatIpv4(frame.readUInt32BE(38)),
  };
}
