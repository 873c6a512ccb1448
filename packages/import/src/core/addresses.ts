import { formatIpv4, formatIpv6, isMappedIpv4, parseIpv4, parseIpv6 } from '@piranha/common';

const DOTTED = /^\d{1,3}(\.\d{1,3}){3}$/;
const RANGE_LIMIT = 256;

function readIpv4(text: string): string | undefined {
  // Decimal whatever the zeros in front: other programs know no octal addresses.
  const parts = DOTTED.test(text) ? text.split('.').map(Number) : [];
  const address = parts.length === 4 ? parseIpv4(parts.join('.')) : undefined;
  return address === undefined || address === 0 ? undefined : formatIpv4(address);
}

function readIpv6(text: string): string | undefined {
  const groups = parseIpv6(text);
  if (groups === undefined || isMappedIpv4(groups) || groups.every((group) => group === 0)) return undefined;
  const first = groups[0] ?? 0;
  return first >= 0xff00 || (first & 0xffc0) === 0xfe80 ? undefined : formatIpv6(groups);
}

/** The address of a machine as lvs.cf writes it, IPv4 or IPv6, or undefined: link-local and multicast are none. */
export function readAddress(text: string): string | undefined {
  return text.includes(':') ? readIpv6(text) : readIpv4(text);
}

/** A port number 0 to 65535, or undefined. */
export function readPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65535 ? port : undefined;
}

/** The IPv4 addresses from one to another, both included; undefined beyond 256 or for anything else. */
export function addressesBetween(first: string, last: string): readonly string[] | undefined {
  const [start, end] = [first, last].map((text) => parseIpv4(readIpv4(text) ?? ''));
  if (start === undefined || end === undefined || end < start || end - start >= RANGE_LIMIT) return undefined;
  return Array.from({ length: end - start + 1 }, (_, index) => formatIpv4(start + index));
}

/** A range whose end is only the last part: `10.0.0.1-10`, in hexadecimal for `2001:db8::1-f`. */
export function shortRange(text: string): readonly string[] | undefined {
  const [first = '', last = '', more] = text.split('-');
  if (more !== undefined) return undefined;
  if (!first.includes(':')) return addressesBetween(first, first.replace(/\d+$/, last));
  const groups = parseIpv6(first);
  const start = groups?.[7];
  const end = /^[0-9a-fA-F]{1,4}$/.test(last) ? Number.parseInt(last, 16) : -1;
  if (groups === undefined || start === undefined || end < start || end - start >= RANGE_LIMIT)
    return undefined;
  const all = Array.from({ length: end - start + 1 }, (_, index) => {
    const address = formatIpv6([...groups.slice(0, 7), start + index]);
    return readIpv6(address);
  });
  return all.every((address) => address !== undefined) ? all : undefined;
}
