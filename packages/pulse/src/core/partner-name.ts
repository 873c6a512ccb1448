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

/** The names that lvs.cf gives in `director` blocks; none where it has no blocks. */
export interface DirectorNames {
  readonly own: string | undefined;
  readonly others: readonly string[];
  /** There are more than two. */
  readonly isSeveral: boolean;
}

/** Of an lvs.cf without blocks. */
export const NO_NAMES: DirectorNames = { own: undefined, others: [], isSeveral: false };

/** Which other director an operator means, by its name or by an address of it; undefined for none. */
export function directorNamed(
  { name, addresses }: NonNullable<HandoverRequest['to']>,
  names: DirectorNames,
  paths: readonly HeartbeatPath[],
): string | undefined {
  if (names.others.includes(name)) return name;
  const named = new Set(addresses.map(canonical));
  return paths.find(({ partner }) => named.has(canonical(partner)))?.director;
}

/** Why the node that an operator named is not the one that would take over; undefined where it is. */
export function notThePartner(
  { name, addresses }: NonNullable<HandoverRequest['to']>,
  paths: readonly HeartbeatPath[],
  { own, others, isSeveral }: DirectorNames = NO_NAMES,
): string | undefined {
  const named = new Set(addresses.map(canonical));
  if (paths.some(({ partner }) => named.has(canonical(partner)))) return undefined;
  if (name === own) return `${name} is this node`;
  if (paths.length === 0) return `${name} is not the partner: none is configured`;
  if (paths.some(({ local }) => named.has(canonical(local)))) return `${name} is this node`;
  const known = addresses.filter((address) => address !== name);
  const resolved = known.length === 0 ? '' : ` (${known.join(', ')})`;
  if (isSeveral) return `${name}${resolved} is none of the other directors, which are ${others.join(', ')}`;
  return `${name}${resolved} is not the partner, which is ${paths.map(({ partner }) => partner).join(', ')}`;
}
