import { formatIpv4, isContiguousMask, parseIpv4 } from '@piranha/common';
import { type DeviceAddress, groupsOf, type LvsConfiguration, partOfGroup, usesNat } from '@piranha/config';
import { canonicalAddress } from '@piranha/net';

/** Longest name that the kernel stores for an address, bytes. */
const LABEL_LIMIT_BYTES = 15;

/** An address that moves between the directors. */
export interface VirtualAddress {
  /** Canonical text. */
  readonly address: string;
  readonly family: 4 | 6;
  /** Interface that carries it, without the `:n` of a label. */
  readonly interface: string;
  /** Name for old tools, such as `eth0:1`; undefined where lvs.cf names the bare device, and for IPv6. */
  readonly label: string | undefined;
  /**
   * One address and no network: to remove the first address of a network would remove the other ones of that network
   * too, and a whole network would be routed to the holder.
   */
  readonly prefixLength: 32 | 128;
  /** From the mask in lvs.cf, which means nothing else. */
  readonly broadcast: string | undefined;
}

/**
 * The floating addresses of a configuration, in the file's order and each once: VIPs of active virtual servers, where
 * the first active block of an address decides about its device as in the original, then the NAT router where NAT is
 * used; those of the main group first, then group by group. Of one group: virtualAddressesOf(partOfGroup(…)).
 */
export function virtualAddressesOf(configuration: LvsConfiguration): readonly VirtualAddress[] {
  const distinct = new Map<string, VirtualAddress>();
  for (const { name } of groupsOf(configuration)) {
    for (const found of addressesOf(partOfGroup(configuration, name))) {
      if (!distinct.has(found.address)) distinct.set(found.address, found);
    }
  }
  return [...distinct.values()];
}

/** Those of one group, possibly more than once. */
function addressesOf(configuration: LvsConfiguration): readonly VirtualAddress[] {
  const { virtualServers, natRouter, natMask } = configuration;
  const services = virtualServers
    .filter((service) => service.active)
    .map(({ address, vipMask }) => virtualAddress(address, vipMask));
  const router = usesNat(configuration) ? virtualAddress(natRouter, natMask) : undefined;
  return [...services, router].filter((found) => found !== undefined);
}

function virtualAddress(
  place: DeviceAddress | undefined,
  mask: string | undefined,
): VirtualAddress | undefined {
  if (place === undefined) return undefined;
  const { device } = place;
  const address = canonicalAddress(place.address);
  if (address === undefined) return undefined;
  const [base = device] = device.split(':', 1);
  if (address.includes(':')) {
    return { address, family: 6, interface: base, label: undefined, prefixLength: 128, broadcast: undefined };
  }
  const hasLabel = device !== base && new TextEncoder().encode(device).length <= LABEL_LIMIT_BYTES;
  return {
    address,
    family: 4,
    interface: base,
    label: hasLabel ? device : undefined,
    prefixLength: 32,
    broadcast: broadcastOf(address, mask),
  };
}

/** The last address of the network; undefined without a mask, and for networks that have no broadcast. */
function broadcastOf(address: string, mask: string | undefined): string | undefined {
  const own = parseIpv4(address);
  const bits = mask === undefined ? undefined : parseIpv4(mask);
  if (own === undefined || bits === undefined || !isContiguousMask(bits)) return undefined;
  const hosts = ~bits >>> 0;
  return bits === 0 || hosts <= 1 ? undefined : formatIpv4((own | hosts) >>> 0);
}
