import { formatIpv4, parseIpv4 } from '@piranha/common';
import { formatMac, macBytes } from './mac.js';

/** EtherType of IPv4. */
const ETHERTYPE_IPV4 = 0x0800;
const PROTOCOL_TCP = 6;
const ETHERNET_BYTES = 14;
const IP_BYTES = 20;
const TCP_BYTES = 20;
const WINDOW_BYTES = 1024;
const HOPS = 64;

/** Flags of a TCP segment (RFC 9293). */
export const TCP_FLAGS = { syn: 2, reset: 4, acknowledge: 16 } as const;

/** A TCP segment without data for IPv4 over Ethernet. MACs in lower case with colons, addresses dotted. */
export interface TcpSegment {
  readonly sourceMac: string;
  readonly targetMac: string;
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly targetAddress: string;
  readonly targetPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  /** Sum of `TCP_FLAGS`. */
  readonly flags: number;
}

/** The Internet checksum (RFC 1071) over an even number of bytes, added to `start`. */
function checksum(bytes: Buffer, start = 0): number {
  let sum = start;
  for (let index = 0; index < bytes.length; index += 2) sum += bytes.readUInt16BE(index);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function ipv4(text: string): number {
  const value = parseIpv4(text);
  if (value === undefined) throw new Error(`no IPv4 address: ${text}`);
  return value;
}

/** The frame of a segment, with its checksums. */
export function tcpFrame(segment: TcpSegment): Buffer {
  const frame = Buffer.alloc(ETHERNET_BYTES + IP_BYTES + TCP_BYTES);
  macBytes(segment.targetMac).copy(frame, 0);
  macBytes(segment.sourceMac).copy(frame, 6);
  frame.writeUInt16BE(ETHERTYPE_IPV4, 12);
  const ip = frame.subarray(ETHERNET_BYTES, ETHERNET_BYTES + IP_BYTES);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(IP_BYTES + TCP_BYTES, 2);
  ip.writeUInt8(HOPS, 8);
  ip.writeUInt8(PROTOCOL_TCP, 9);
  ip.writeUInt32BE(ipv4(segment.sourceAddress), 12);
  ip.writeUInt32BE(ipv4(segment.targetAddress), 16);
  ip.writeUInt16BE(checksum(ip), 10);
  const tcp = frame.subarray(ETHERNET_BYTES + IP_BYTES);
  tcp.writeUInt16BE(segment.sourcePort, 0);
  tcp.writeUInt16BE(segment.targetPort, 2);
  tcp.writeUInt32BE(segment.sequence, 4);
  tcp.writeUInt32BE(segment.acknowledgement, 8);
  tcp.writeUInt8((TCP_BYTES / 4) << 4, 12);
  tcp.writeUInt8(segment.flags, 13);
  tcp.writeUInt16BE(WINDOW_BYTES, 14);
  // The pseudo-header: both addresses, the protocol, the length.
  const addresses = checksum(ip.subarray(12, 20)) ^ 0xffff;
  tcp.writeUInt16BE(checksum(tcp, addresses + PROTOCOL_TCP + TCP_BYTES), 16);
  return frame;
}

/** Reads an Ethernet frame with a whole TCP header for IPv4; undefined for everything else. Checksums are not looked at. */
export function parseTcp(frame: Buffer): TcpSegment | undefined {
  if (frame.length < ETHERNET_BYTES + IP_BYTES + TCP_BYTES) return undefined;
  if (frame.readUInt16BE(12) !== ETHERTYPE_IPV4 || frame.readUInt8(ETHERNET_BYTES) >>> 4 !== 4)
    return undefined;
  const ip = frame.subarray(ETHERNET_BYTES);
  const headerBytes = (ip.readUInt8(0) & 15) * 4;
  const isFirst = (ip.readUInt16BE(6) & 0x1fff) === 0;
  if (headerBytes < IP_BYTES || ip.readUInt8(9) !== PROTOCOL_TCP || !isFirst) return undefined;
  const tcp = ip.subarray(headerBytes);
  if (tcp.length < TCP_BYTES) return undefined;
  return {
    targetMac: formatMac(frame.subarray(0, 6)),
    sourceMac: formatMac(frame.subarray(6, 12)),
    sourceAddress: formatIpv4(ip.readUInt32BE(12)),
    targetAddress: formatIpv4(ip.readUInt32BE(16)),
    sourcePort: tcp.readUInt16BE(0),
    targetPort: tcp.readUInt16BE(2),
    sequence: tcp.readUInt32BE(4),
    acknowledgement: tcp.readUInt32BE(8),
    flags: tcp.readUInt8(13),
  };
}
