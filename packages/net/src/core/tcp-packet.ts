import { parseIpv4 } from '@piranha/common';

export const PROTOCOL_TCP = 6;
const PROTOCOL_IP_IN_IP = 4;
export const IP_BYTES = 20;
export const TCP_BYTES = 20;
const WINDOW_BYTES = 1024;
const HOPS = 64;
const DO_NOT_FRAGMENT = 0x4000;

/** Flags of a TCP segment (RFC 9293). */
export const TCP_FLAGS = { syn: 2, reset: 4, acknowledge: 16 } as const;

/** A TCP segment for IPv4. Addresses dotted. */
export interface TcpHeader {
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
export function checksum(bytes: Buffer, start = 0): number {
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

interface IpHeader {
  readonly sourceAddress: string;
  readonly targetAddress: string;
  readonly protocol: number;
  readonly contentBytes: number;
  readonly fragment: number;
}

function ipHeader({ sourceAddress, targetAddress, protocol, contentBytes, fragment }: IpHeader): Buffer {
  const ip = Buffer.alloc(IP_BYTES);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(IP_BYTES + contentBytes, 2);
  ip.writeUInt16BE(fragment, 6);
  ip.writeUInt8(HOPS, 8);
  ip.writeUInt8(protocol, 9);
  ip.writeUInt32BE(ipv4(sourceAddress), 12);
  ip.writeUInt32BE(ipv4(targetAddress), 16);
  ip.writeUInt16BE(checksum(ip), 10);
  return ip;
}

/**
 * The IPv4 packet of a segment, with its checksums.
 * @param dataBytes zeros that follow the header, even
 */
export function tcpPacket(header: TcpHeader, dataBytes = 0): Buffer {
  const { sourceAddress, targetAddress } = header;
  const contentBytes = TCP_BYTES + dataBytes;
  const ip = ipHeader({ sourceAddress, targetAddress, protocol: PROTOCOL_TCP, contentBytes, fragment: 0 });
  const tcp = Buffer.alloc(contentBytes);
  tcp.writeUInt16BE(header.sourcePort, 0);
  tcp.writeUInt16BE(header.targetPort, 2);
  tcp.writeUInt32BE(header.sequence, 4);
  tcp.writeUInt32BE(header.acknowledgement, 8);
  tcp.writeUInt8((TCP_BYTES / 4) << 4, 12);
  tcp.writeUInt8(header.flags, 13);
  tcp.writeUInt16BE(WINDOW_BYTES, 14);
  // The pseudo-header: both addresses, the protocol, the length.
  const addresses = checksum(ip.subarray(12, 20)) ^ 0xffff;
  tcp.writeUInt16BE(checksum(tcp, addresses + PROTOCOL_TCP + contentBytes), 16);
  return Buffer.concat([ip, tcp]);
}

/** A packet within another one (RFC 2003), as a director sends it into a tunnel; nobody on the way may cut it in two. */
export function ipInIpPacket(inner: Buffer, sourceAddress: string, targetAddress: string): Buffer {
  const outer = ipHeader({
    sourceAddress,
    targetAddress,
    protocol: PROTOCOL_IP_IN_IP,
    contentBytes: inner.length,
    fragment: DO_NOT_FRAGMENT,
  });
  return Buffer.concat([outer, inner]);
}
