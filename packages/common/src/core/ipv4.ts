/** IPv4 addresses as unsigned 32-bit numbers, with the spellings that inet_aton takes. */

const DECIMAL = /^[1-9][0-9]*$|^0$/;
const OCTAL = /^0[0-7]+$/;
const HEXADECIMAL = /^0[xX][0-9a-fA-F]+$/;

function parsePart(part: string): number | undefined {
  if (DECIMAL.test(part)) return Number.parseInt(part, 10);
  if (HEXADECIMAL.test(part)) return Number.parseInt(part.slice(2), 16);
  if (OCTAL.test(part)) return Number.parseInt(part, 8);
  return undefined;
}

/**
 * Reads an IPv4 address as inet_aton(3) does: one to four parts, each decimal, octal (`010`) or hexadecimal
 * (`0x0a`); the last part fills all bytes that are left (`10.1` is 10.0.0.1). Returns undefined for anything else.
 */
export function parseIpv4(text: string): number | undefined {
  if (text.length > 64) return undefined;
  const parts = text.split('.').map(parsePart);
  const last = parts.pop();
  if (parts.length > 3 || last === undefined) return undefined;
  let address = 0;
  for (const part of parts) {
    if (part === undefined || part > 255) return undefined;
    address = address * 256 + part;
  }
  const freeBytes = 4 - parts.length;
  if (last >= 256 ** freeBytes) return undefined;
  return address * 256 ** freeBytes + last;
}

/** Dotted form of an unsigned 32-bit address. */
export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** True for a mask whose one bits are all in front: 255.255.255.0 yes, 255.0.255.0 no; 0 and /32 count. */
export function isContiguousMask(mask: number): boolean {
  const inverted = ~mask >>> 0;
  return (inverted & (inverted + 1)) === 0;
}

/** The part of `address` that `mask` leaves, for instance the client group of a persistence mask. */
export function applyMask(address: number, mask: number): number {
  return (address & mask) >>> 0;
}
