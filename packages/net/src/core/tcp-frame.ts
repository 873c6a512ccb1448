import { formatIpv4 } from '@piranha/common';
import { formatMac, macBytes } from './mac.js';
import { IP_BYTES, PROTOCOL_TCP, TCP_BYTES, type TcpHeader, tcpPacket } from './tcp-packet.js';

/** EtherType of IPv4. */
const ETHERTYPE_IPV4 = 0x0800;
const ETHERNET_BYTES = 14;

/** A TCP segment without data for IPv4 over Ethernet. MACs in lower case with colons, addresses dotted. */
export interface TcpSegment extends TcpHeader {
  readonly sourceMac: string;
  readonly targetMac: string;
}

/** The frame of a segment, with its checksums. */
export function tcpFrame(segment: TcpSegment): Buffer {
  const head = Buffer.alloc(ETHERNET_BYTES);
  macBytes(segment.targetMac).copy(head, 0);
  macBytes(segment.sourceMac).copy(head, 6);
  head.writeUInt16BE(ETHERTYPE_IPV4, 12);
  return Buffer.concat([head, tcpPacket(segment)]);
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
