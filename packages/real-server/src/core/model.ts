import type { InterfaceAddress, NetworkLink } from '@piranha/net';

/** How the director's packets come: as they are, or each within another one of the same family (IP in IP). */
export type Method = 'direct' | 'tunnel';

/** What keeps this machine silent when somebody asks by ARP who has a VIP. */
export type ArpMeans = 'sysctl' | 'nft';

export const ARP_MEANS: readonly ArpMeans[] = ['sysctl', 'nft'];

/** A VIP that this machine shall serve; the address in its canonical spelling. */
export interface WantedVip {
  readonly address: string;
  readonly method: Method;
}

export interface Wanted {
  readonly vips: readonly WantedVip[];
  readonly arp: ArpMeans;
  /** MTU between director and this machine, by which segments of tunnelled VIPs are limited; 0 = they are not. */
  readonly pathMtuBytes: number;
}

/** VIPs, sorted, whose segments fit through a tunnel on a way with this MTU. */
export interface SegmentLimit {
  readonly vips: readonly string[];
  readonly pathMtuBytes: number;
}

/** What a stop wants. */
export const NOTHING: Wanted = { vips: [], arp: 'sysctl', pathMtuBytes: 0 };

/** What the kernel says. */
export interface MachineState {
  readonly links: readonly NetworkLink[];
  readonly addresses: readonly InterfaceAddress[];
  /** Values by path under /proc/sys, such as `net/ipv4/conf/all/arp_ignore`. What is not there is left out. */
  readonly sysctls: ReadonlyMap<string, string>;
  /** VIPs in our table of nftables; undefined where it is not there or cannot be read. */
  readonly arpTable: readonly string[] | undefined;
  /** Our other table, that limits segments; likewise. */
  readonly segmentTable: SegmentLimit | undefined;
}

/** An address that we added. */
export interface HeldAddress {
  readonly address: string;
  readonly interface: string;
}

/** A setting that we changed. */
export interface ChangedSysctl {
  readonly path: string;
  readonly before: string;
  readonly ours: string;
}

/** An interface that we switched on, and the addresses that it had then. */
export interface RaisedLink {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** What we changed or are about to change. Nothing else is ever undone. */
export interface StateRecord {
  readonly wanted: Wanted;
  readonly addresses: readonly HeldAddress[];
  readonly sysctls: readonly ChangedSysctl[];
  readonly links: readonly RaisedLink[];
  readonly hasArpTable: boolean;
  readonly hasSegmentTable: boolean;
}

/** The record of a machine on which nothing was started. */
export const EMPTY_RECORD: StateRecord = {
  wanted: NOTHING,
  addresses: [],
  sysctls: [],
  links: [],
  hasArpTable: false,
  hasSegmentTable: false,
};

/** One change of the machine; they are made in the plan's order. */
export type Step =
  | { readonly type: 'set-sysctl' | 'restore-sysctl'; readonly path: string; readonly value: string }
  | { readonly type: 'set-arp-table'; readonly vips: readonly string[] }
  | { readonly type: 'set-segment-table'; readonly limit: SegmentLimit }
  | { readonly type: 'remove-arp-table' | 'remove-segment-table' }
  | { readonly type: 'link-up' | 'link-down'; readonly name: string }
  | { readonly type: 'add-address' | 'remove-address'; readonly address: HeldAddress };

/** An interface that opens the packets of all tunnels without a far end of their own. */
export interface Tunnel {
  readonly device: string;
  /** Module of the kernel that makes it. */
  readonly module: string;
  /** What the director puts in front of a packet. */
  readonly headerBytes: number;
}

/** IPv4 in IPv4. */
export const TUNNEL_IPV4: Tunnel = { device: 'tunl0', module: 'ipip', headerBytes: 20 };
/** IPv6 in IPv6. */
export const TUNNEL_IPV6: Tunnel = { device: 'ip6tnl0', module: 'ip6_tunnel', headerBytes: 40 };

/** The tunnel by which a VIP's packets come; the outer addresses are of the VIP's family. */
export function tunnelOf(address: string): Tunnel {
  return address.includes(':') ? TUNNEL_IPV6 : TUNNEL_IPV4;
}

/** True for lo and the tunnels: a director does not know the machine by their addresses. */
export function isInner(interfaceName: string): boolean {
  return ['lo', TUNNEL_IPV4.device, TUNNEL_IPV6.device].includes(interfaceName);
}

/** A single address is its own subnet. */
export function prefixLengthOf(address: string): 32 | 128 {
  return address.includes(':') ? 128 : 32;
}

/** The interface that gets a VIP. */
export function deviceOf({ address, method }: WantedVip): string {
  return method === 'tunnel' ? tunnelOf(address).device : 'lo';
}

/** The addresses of an interface; none where it is not there. */
export function addressesOn(seen: MachineState, name: string): readonly InterfaceAddress[] {
  const index = seen.links.find((link) => link.name === name)?.index;
  return seen.addresses.filter((address) => address.index === index);
}
