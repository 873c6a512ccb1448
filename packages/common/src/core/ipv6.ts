import { formatIpv4, parseIpv4 } from './ipv4.js';

/** IPv6 addresses as eight 16-bit groups. */

const GROUPS = 8;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
/** Without leading zeros, which some read as octal. */
const DOTTED = /^(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})$/;

/** The groups of one side of `::`; only the end of an address may be dotted. */
function groupsOf(text: string, mayEndDotted: boolean): number[] | undefined {
  if (text === '') return [];
  const words = text.split(':');
  const groups: number[] = [];
  for (const [index, word] of words.entries()) {
    if (GROUP.test(word)) groups.push(Number.parseInt(word, 16));
    else {
      const isEnd = mayEndDotted && index === words.length - 1;
      const dotted = isEnd && DOTTED.test(word) ? parseIpv4(word) : undefined;
      if (dotted === undefined) return undefined;
      groups.push(dotted >>> 16, dotted & 0xffff);
    }
  }
  return groups;
}

/**
 * Reads an IPv6 address in any spelling of RFC 4291, without brackets, prefix length or zone. Returns its eight groups,
 * or undefined for anything else.
 */
export function parseIpv6(text: string): readonly number[] | undefined {
  if (text.length > 45 || !text.includes(':')) return undefined;
  const [front = '', back, more] = text.split('::');
  if (more !== undefined) return undefined;
  const before = groupsOf(front, back === undefined);
  const after = groupsOf(back ?? '', true);
  if (before === undefined || after === undefined) return undefined;
  const missing = GROUPS - before.length - after.length;
  if (back === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...new Array<number>(missing).fill(0), ...after];
}

/** The first longest run of zero groups, at least two. */
function zeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: -1, length: 1 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}

/** True for an IPv4 address in IPv6 clothing, `::ffff:192.0.2.1`. */
export function isMappedIpv4(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

/** The canonical spelling of eight groups (RFC 5952): lower case, the longest run of zeros as `::`. */
export function formatIpv6(groups: readonly number[]): string {
  if (isMappedIpv4(groups)) {
    return `::ffff:${formatIpv4((groups[6] ?? 0) * 0x10000 + (groups[7] ?? 0))}`;
  }
  const hexadecimal = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  const { start, length } = zeroRun(groups);
  if (start < 0) return hexadecimal(groups);
  return `${hexadecimal(groups.slice(0, start))}::${hexadecimal(groups.slice(start + length))}`;
}

/** The family of an address that is known to be one. */
export function addressFamily(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}
