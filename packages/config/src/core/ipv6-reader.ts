import { formatIpv6, isMappedIpv4, parseIpv6 } from '@piranha/common';

interface Refusal {
  /** Behind the address, such as `is no IPv6 address`. */
  readonly why: string;
  readonly hint: string;
}

const LINK_LOCAL = 'link-local addresses are not taken; write a global or a unique local one (fd00::/8)';
const SINGLE = 'write the address of one machine, such as 2001:db8::1';

function notAlone(text: string): Refusal | undefined {
  if (/^\[.*\]$/.test(text)) return { why: 'stands in brackets', hint: 'write it without them' };
  if (text.includes('/')) return { why: 'has a prefix length', hint: 'write the address alone' };
  if (!text.includes('%')) return undefined;
  return { why: 'has a zone', hint: LINK_LOCAL };
}

/** The IPv6 address of a text in its canonical spelling, or why it cannot stand in a service. */
export function ipv6Address(text: string): { readonly address: string } | Refusal {
  const refusal = notAlone(text);
  if (refusal) return refusal;
  const groups = parseIpv6(text);
  if (!groups) return { why: 'is no IPv6 address', hint: SINGLE };
  const first = groups[0] ?? 0;
  if (groups.every((group) => group === 0)) return { why: 'is no address of a machine', hint: SINGLE };
  if (first >= 0xff00) return { why: 'is a multicast address', hint: SINGLE };
  if ((first & 0xffc0) === 0xfe80) {
    return { why: 'is link-local', hint: LINK_LOCAL };
  }
  if (isMappedIpv4(groups)) return { why: 'is IPv4 in IPv6 clothing', hint: 'write the IPv4 address' };
  return { address: formatIpv6(groups) };
}
