import {
  deviceOf,
  type HeldAddress,
  type MachineState,
  type SegmentLimit,
  TUNNEL_IPV4,
  type Wanted,
  type WantedVip,
} from './model.js';

/** A setting that has to be in order. */
export interface SysctlNeed {
  readonly path: string;
  /** What is written where the value is not in order. */
  readonly value: string;
  readonly accepts: (value: string) => boolean;
}

/** What a machine has to have for its VIPs. */
export interface Needs {
  readonly addresses: readonly HeldAddress[];
  readonly links: readonly string[];
  readonly sysctls: readonly SysctlNeed[];
  /** VIPs that nftables keeps silent; undefined = no table. */
  readonly arpTable: readonly string[] | undefined;
  /** Undefined = no table. */
  readonly segmentTable: SegmentLimit | undefined;
}

const CONF = 'net/ipv4/conf';

/** Path under /proc/sys of an IPv4 setting of an interface, or of `all`. */
export function ipv4Setting(interfaceName: string, name: string): string {
  return `${CONF}/${interfaceName}/${name}`;
}

/** Settings of an interface, or of `all`, that are looked at. */
export const WATCHED_SETTINGS = ['arp_ignore', 'arp_announce', 'rp_filter'] as const;

/** arp_ignore: 1 and 2 answer only for addresses of the interface that was asked, 8 for none. 3 would answer for lo's. */
export function isSilent(arpIgnore: number): boolean {
  return arpIgnore === 1 || arpIgnore === 2 || arpIgnore === 8;
}

/** True for a VIP about which ARP may ask. IPv6 answers only for addresses of the interface that was asked. */
export function isIpv4({ address }: WantedVip): boolean {
  return !address.includes(':');
}

/**
 * What these VIPs need. Every link that was seen has a need of its own: the kernel goes by the larger value of `all` and
 * the interface, so that one interface with arp_ignore 3 would answer.
 */
export function needsOf(wanted: Wanted, seen: Pick<MachineState, 'links'>): Needs {
  const ipv4 = wanted.vips.filter(isIpv4);
  const tunnelled = wanted.vips.filter(({ method }) => method === 'tunnel');
  const tunnels = tunnelled.map(deviceOf);
  const isFiltered = tunnels.includes(TUNNEL_IPV4.device);
  const bySysctl = wanted.arp === 'sysctl';
  const silence = bySysctl ? arpIgnoreNeeds(seen) : [];
  return {
    addresses: wanted.vips.map((vip) => ({ address: vip.address, interface: deviceOf(vip) })),
    links: [...new Set(tunnels)].sort(),
    sysctls: [...(ipv4.length > 0 ? [...silence, announceNeed()] : []), ...(isFiltered ? [looseNeed()] : [])],
    arpTable: ipv4.length > 0 && !bySysctl ? ipv4.map(({ address }) => address).sort() : undefined,
    segmentTable:
      tunnelled.length > 0 && wanted.pathMtuBytes > 0
        ? { vips: tunnelled.map(({ address }) => address).sort(), pathMtuBytes: wanted.pathMtuBytes }
        : undefined,
  };
}

function arpIgnoreNeeds({ links }: Pick<MachineState, 'links'>): readonly SysctlNeed[] {
  const value = '1';
  const all = { path: ipv4Setting('all', 'arp_ignore'), value, accepts: (text: string) => isSilent(+text) };
  const each = links.map(({ name }) => ({
    path: ipv4Setting(name, 'arp_ignore'),
    value,
    accepts: (text: string) => text === '0' || isSilent(+text),
  }));
  return [all, ...each];
}

/** Else a request for another host would name the VIP as the one who asks, and the answerer would believe it. */
function announceNeed(): SysctlNeed {
  const path = ipv4Setting('all', 'arp_announce');
  return { path, value: '2', accepts: (text) => text === '2' };
}

/**
 * Clients are not reached through the tunnel, so the strict filter would drop their packets. The kernel goes by the
 * larger value of `all` and the interface: 2, loose, wins over a strict 1 in `all`, which stays as it is.
 * IPv6 has no such setting.
 */
function looseNeed(): SysctlNeed {
  return { path: ipv4Setting(TUNNEL_IPV4.device, 'rp_filter'), value: '2', accepts: (text) => text === '2' };
}
