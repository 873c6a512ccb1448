import { formatIpv4, formatIpv6, isMappedIpv4, parseIpv4, parseIpv6 } from '@piranha/common';
import type { HandoverRequest } from '@piranha/protocol';
import type { HeartbeatPath } from './settings.js';

/** One spelling for each address; a text that is none stays as it is. */
function canonical(text: string): string {
  const four = parseIpv4(text);
  if (four !== undefined) return formatIpv4(four);
  const groups = parseIpv6(text);
  if (groups === undefined) return text;
  const [high = 0, low = 0] = groups.slice(6);
  return isMappedIpv4(groups) ? formatIpv4(((high << 16) | low) >>> 0) : formatIpv6(groups);
}

/** Why the node that an operator named is not the one that would take over; undefined where it is. */
export function notThePartner(
  { name, addresses }: NonNullable<HandoverRequest['to']>,
  paths: readonly HeartbeatPath[],
): string | undefined {
  const named = new Set(addresses.map(canonical));
  if (paths.some(({ partner }) => named.has(canonical(partner)))) return undefined;
  if (paths.length === 0) return `${name} is not the partner: none is configured`;
  if (paths.some(({ local }) => named.has(canonical(local)))) return `${name} is this node`;
  const known = addresses.filter((address) => address !== name);
  const resolved = known.length === 0 ? '' : ` (${known.join(', ')})`;
  return `${name}${resolved} is not the partner, which is ${paths.map(({ partner }) => partner).join(', ')}`;
}
