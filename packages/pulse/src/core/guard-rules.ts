import { addressFamily, parseIpv4, parseIpv6 } from '@piranha/common';

/**
 * The reset guard's rules. While an address moves, the new holder's own TCP stack answers segments of connections that
 * IPVS does not know yet with a reset, and under NAT a real server's reply without its connection passes untranslated
 * and makes the client's stack send one. Both are dropped for a moment; TCP sends again.
 */

/** A TCP service on a real server that is reached through NAT. */
interface NatServer {
  readonly address: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** What the guard is to hold back. */
export interface GuardTargets {
  /** IPv4 and IPv6 addresses. */
  readonly vips: readonly string[];
  readonly natServers: readonly NatServer[];
}

export type Family = 4 | 6;

/** Our table of nftables. */
export const GUARD_TABLE = 'piranha_guard';
/** Our chain of iptables: in `filter` for own resets, in `mangle` for untranslated replies. */
export const GUARD_CHAIN = 'PIRANHA-GUARD';

/** The targets of one family, each once. @throws Error on what is no address or port: it must not become rule text. */
function ofFamily(targets: GuardTargets, family: Family): GuardTargets {
  const vips = targets.vips.filter((vip) => checkedFamily(vip) === family);
  const natServers = targets.natServers.filter(({ address, port }) => {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`no port: ${port}`);
    return checkedFamily(address) === family;
  });
  const byName = new Map(natServers.map((server) => [`${server.address} ${server.port}`, server]));
  return { vips: [...new Set(vips)], natServers: [...byName.values()] };
}

function checkedFamily(address: string): Family {
  if (parseIpv4(address) === undefined && parseIpv6(address) === undefined) {
    throw new Error(`no address: ${address.slice(0, 50)}`);
  }
  return addressFamily(address);
}

/** The families that occur among the targets. @throws Error as above */
export function guardFamilies(targets: GuardTargets): readonly Family[] {
  const empty = (family: Family): boolean => {
    const { vips, natServers } = ofFamily(targets, family);
    return vips.length === 0 && natServers.length === 0;
  };
  return ([4, 6] as const).filter((family) => !empty(family));
}

function nftTable(family: Family): string {
  return `${family === 4 ? 'ip' : 'ip6'} ${GUARD_TABLE}`;
}

/** Removes our tables whether they are there or not; one transaction of `nft -f -`. */
export function nftRemove(families: readonly Family[]): string {
  return families
    .map((family) => `add table ${nftTable(family)}\ndelete table ${nftTable(family)}\n`)
    .join('');
}

/**
 * Our tables with their chains, whatever is in them; changes nothing where they are there. The tables stay while pulse
 * runs: adding a rule takes 6 ms, anything that names a chain again or deletes takes 16.
 */
export function nftBase(families: readonly Family[]): string {
  // IPVS translates in the forward hook at priority 100: what still has the real server's address behind it has none.
  return families
    .map(
      (family) =>
        `table ${nftTable(family)} {\n` +
        '  chain output { type filter hook output priority 0; policy accept; }\n' +
        '  chain passing { type filter hook forward priority 150; policy accept; }\n}\n',
    )
    .join('');
}

/** Empties our chains, which are made where somebody removed them. */
export function nftEmpty(families: readonly Family[]): string {
  const flush = (family: Family): string =>
    `flush chain ${nftTable(family)} output\nflush chain ${nftTable(family)} passing\n`;
  return nftBase(families) + families.map(flush).join('');
}

/** Adds the rules for these targets to our chains, which have to be there. @throws Error as above */
export function nftFill(targets: GuardTargets): string {
  const families = guardFamilies(targets);
  return families.map((family) => nftRules(ofFamily(targets, family), family)).join('');
}

function nftRules({ vips, natServers }: GuardTargets, family: Family): string {
  const word = family === 4 ? 'ip' : 'ip6';
  const rule = (chain: string, match: string): string =>
    `add rule ${nftTable(family)} ${chain} ${word} saddr ${match} drop\n`;
  const own = vips.map((vip) => rule('output', `${vip} tcp flags & rst == rst`));
  const passing = natServers.map(({ address, port }) => rule('passing', `${address} tcp sport ${port}`));
  return [...own, ...passing].join('');
}

/**
 * Sets the content of our chains, which are hooked in already; for `iptables-restore --noflush`.
 * @param passingToo false leaves `mangle` as it is, for speed; only without NAT servers in it and in the targets
 * @throws Error as above
 */
export function iptablesFill(targets: GuardTargets, family: Family, passingToo: boolean): string {
  const { vips, natServers } = ofFamily(targets, family);
  const own = vips.map((vip) => `-A ${GUARD_CHAIN} -s ${vip} -p tcp --tcp-flags RST RST -j DROP\n`);
  const passing = natServers.map(
    ({ address, port }) => `-A ${GUARD_CHAIN} -s ${address} -p tcp --sport ${port} -j DROP\n`,
  );
  const table = (name: string, rules: readonly string[]): string =>
    `*${name}\n:${GUARD_CHAIN} - [0:0]\n${rules.join('')}COMMIT\n`;
  // POSTROUTING comes after the translation, unlike the FORWARD of iptables.
  return table('filter', own) + (passingToo ? table('mangle', passing) : '');
}

/** Where our chain is entered. */
export const GUARD_HOOKS = [
  { table: 'filter', chain: 'OUTPUT' },
  { table: 'mangle', chain: 'POSTROUTING' },
] as const;

/** Removes the chain of one table; only where it is entered. */
export function iptablesUnhook(table: string, chain: string): string {
  return `*${table}\n-D ${chain} -j ${GUARD_CHAIN}\n-F ${GUARD_CHAIN}\n-X ${GUARD_CHAIN}\nCOMMIT\n`;
}
