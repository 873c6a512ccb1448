import { formatAddress } from './format-address.js';
import { formatMac } from './mac.js';
import { type NetlinkMessage, netlinkAttributes, netlinkText } from './netlink-message.js';

const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const RTM_NEWADDR = 20;
const RTM_DELADDR = 21;
const LINK_HEADER_BYTES = 16;
const ADDRESS_HEADER_BYTES = 8;

const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_MASTER = 10;
const IFLA_OPERSTATE = 16;
const IFLA_LINKINFO = 18;
const IFLA_INFO_KIND = 1;
const IFF_UP = 0x1;
const IFF_LOWER_UP = 0x10000;

const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_LABEL = 3;
const IFA_BROADCAST = 4;
const IFA_CACHEINFO = 6;
const IFA_FLAGS = 8;
const AF_UNSPEC = 0;
const AF_INET = 2;
const AF_INET6 = 10;
const FLAG_SECONDARY = 0x01;
const FLAG_NODAD = 0x02;
const FLAG_DAD_FAILED = 0x08;
const FLAG_DEPRECATED = 0x20;
const FLAG_TENTATIVE = 0x40;
const FLAG_PERMANENT = 0x80;
const FOR_EVER = 0xffffffff;

const OPERATIONAL_STATES = [
  'unknown',
  'notpresent',
  'down',
  'lowerlayerdown',
  'testing',
  'dormant',
  'up',
] as const;

/** RFC 2863's state of an interface; `unknown` for drivers that do not tell, such as lo. */
export type OperationalState = (typeof OPERATIONAL_STATES)[number];

/** A network interface. */
export interface NetworkLink {
  readonly index: number;
  readonly name: string;
  /** Switched on by the administrator. */
  readonly isUp: boolean;
  /** Switched on and the layer below is there: cable, peer, or an active slave of a bond. */
  readonly hasCarrier: boolean;
  readonly operationalState: OperationalState;
  /** `bond`, `vlan`, `bridge`, `veth`...; undefined for hardware. */
  readonly kind: string | undefined;
  /** Index of the bond or bridge that this link is part of. */
  readonly master: number | undefined;
  readonly mac: string | undefined;
  /** ARPHRD number: 1 is Ethernet, 772 loopback. */
  readonly hardwareType: number;
  readonly mtuBytes: number;
}

/** An address of an interface. */
export interface InterfaceAddress {
  /** Index of the interface. */
  readonly index: number;
  readonly family: 4 | 6;
  readonly address: string;
  readonly prefixLength: number;
  /** Far end of a point-to-point link. */
  readonly peer: string | undefined;
  readonly broadcast: string | undefined;
  readonly label: string | undefined;
  /** 0 global, 253 link, 254 host. */
  readonly scope: number;
  readonly isSecondary: boolean;
  readonly isPermanent: boolean;
  readonly isTentative: boolean;
  readonly isDeprecated: boolean;
  readonly isNodad: boolean;
  readonly hasFailedDad: boolean;
  /** Infinity = for ever. */
  readonly preferredSeconds: number;
  readonly validSeconds: number;
}

/** A message about links or addresses. */
export type RouteRecord =
  | { readonly type: 'link' | 'link-removed'; readonly link: NetworkLink }
  | { readonly type: 'address' | 'address-removed'; readonly address: InterfaceAddress };

/** What a message tells; undefined for broken messages and for everything else. Never throws. */
export function routeRecord({ type, payload }: NetlinkMessage): RouteRecord | undefined {
  if (type === RTM_NEWLINK || type === RTM_DELLINK) {
    const link = linkOf(payload);
    return link && { type: type === RTM_NEWLINK ? 'link' : 'link-removed', link };
  }
  if (type === RTM_NEWADDR || type === RTM_DELADDR) {
    const address = addressOf(payload);
    return address && { type: type === RTM_NEWADDR ? 'address' : 'address-removed', address };
  }
  return undefined;
}

function linkOf(payload: Buffer): NetworkLink | undefined {
  // A bridge tells of its ports in the same words with its own family: a port that left is no link that is gone.
  if (payload.length < LINK_HEADER_BYTES || payload.readUInt8(0) !== AF_UNSPEC) return undefined;
  const attributes = netlinkAttributes(payload.subarray(LINK_HEADER_BYTES));
  const name = attributes.get(IFLA_IFNAME);
  if (name === undefined) return undefined;
  const flags = payload.readUInt32LE(8);
  const mac = attributes.get(IFLA_ADDRESS);
  const kind = netlinkAttributes(attributes.get(IFLA_LINKINFO) ?? Buffer.alloc(0)).get(IFLA_INFO_KIND);
  return {
    index: payload.readInt32LE(4),
    name: netlinkText(name),
    isUp: (flags & IFF_UP) !== 0,
    hasCarrier: (flags & IFF_LOWER_UP) !== 0,
    operationalState: OPERATIONAL_STATES[attributes.get(IFLA_OPERSTATE)?.[0] ?? 0] ?? 'unknown',
    kind: kind && netlinkText(kind),
    master: unsigned(attributes.get(IFLA_MASTER)),
    mac: mac?.length === 6 ? formatMac(mac) : undefined,
    hardwareType: payload.readUInt16LE(2),
    mtuBytes: unsigned(attributes.get(IFLA_MTU)) ?? 0,
  };
}

function addressOf(payload: Buffer): InterfaceAddress | undefined {
  if (payload.length < ADDRESS_HEADER_BYTES) return undefined;
  const protocolFamily = payload.readUInt8(0);
  if (protocolFamily !== AF_INET && protocolFamily !== AF_INET6) return undefined;
  const family = protocolFamily === AF_INET ? 4 : 6;
  const attributes = netlinkAttributes(payload.subarray(ADDRESS_HEADER_BYTES));
  const text = (type: number) => addressText(attributes.get(type), family);
  const ends = { local: text(IFA_LOCAL), far: text(IFA_ADDRESS) };
  const address = ends.local ?? ends.far;
  if (address === undefined) return undefined;
  const label = attributes.get(IFA_LABEL);
  const lifetimes = attributes.get(IFA_CACHEINFO);
  return {
    index: payload.readUInt32LE(4),
    family,
    address,
    prefixLength: payload.readUInt8(1),
    peer: ends.far === address ? undefined : ends.far,
    broadcast: text(IFA_BROADCAST),
    label: label && netlinkText(label),
    scope: payload.readUInt8(3),
    ...flagsOf(unsigned(attributes.get(IFA_FLAGS)) ?? payload.readUInt8(2)),
    preferredSeconds: seconds(unsigned(lifetimes?.subarray(0, 4))),
    validSeconds: seconds(unsigned(lifetimes?.subarray(4, 8))),
  };
}

function flagsOf(flags: number) {
  return {
    isSecondary: (flags & FLAG_SECONDARY) !== 0,
    isPermanent: (flags & FLAG_PERMANENT) !== 0,
    isTentative: (flags & FLAG_TENTATIVE) !== 0,
    isDeprecated: (flags & FLAG_DEPRECATED) !== 0,
    isNodad: (flags & FLAG_NODAD) !== 0,
    hasFailedDad: (flags & FLAG_DAD_FAILED) !== 0,
  };
}

function addressText(bytes: Buffer | undefined, family: 4 | 6): string | undefined {
  return bytes?.length === (family === 4 ? 4 : 16) ? formatAddress(bytes) : undefined;
}

function unsigned(bytes: Buffer | undefined): number | undefined {
  return bytes !== undefined && bytes.length >= 4 ? bytes.readUInt32LE(0) : undefined;
}

function seconds(value: number | undefined): number {
  return value === undefined || value === FOR_EVER ? Infinity : value;
}
