import { parseIpv4, parseIpv6 } from '@piranha/common';

/**
 * The bytes of an address as the wire has them: 4 for IPv4 (the spellings of inet_aton), 16 for IPv6 (without a
 * zone). Returns undefined for anything else.
 */
export function addressBytes(text: string): Buffer | undefined {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text);
}

function ipv4Bytes(text: string): Buffer | undefined {
  const value = parseIpv4(text);
  if (value === undefined) return undefined;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function ipv6Bytes(text: string): Buffer | undefined {
  const groups = parseIpv6(text);
  if (groups === undefined) return undefined;
  const bytes = Buffer.alloc(16);
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(group, index * 2);
  return bytes;
}
