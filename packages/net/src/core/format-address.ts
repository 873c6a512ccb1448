import { formatIpv4, formatIpv6 } from '@piranha/common';
import { addressBytes } from './address-bytes.js';

/** The text of 4 or 16 bytes: dotted, or as RFC 5952 writes IPv6. Returns undefined for any other length. */
export function formatAddress(bytes: Buffer): string | undefined {
  if (bytes.length === 4) return formatIpv4(bytes.readUInt32BE());
  if (bytes.length !== 16) return undefined;
  return formatIpv6(Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2)));
}

/** One spelling for each address, so that texts can be compared. Returns undefined where `text` is no address. */
export function canonicalAddress(text: string): string | undefined {
  const bytes = addressBytes(text);
  return bytes === undefined ? undefined : formatAddress(bytes);
}
