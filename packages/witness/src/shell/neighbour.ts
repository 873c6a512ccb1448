import { networkInterfaces } from 'node:os';
import { applyMask, parseIpv4 } from '@piranha/common';

/** An interface on whose network an IPv4 address is, and this machine's own address there. */
export interface NeighbourPlace {
  readonly device: string;
  readonly ownAddress: string;
}

const HOST_MASK = '255.255.255.255';

/** Where an IPv4 address is a neighbour; undefined where it is reached through a router. */
export function placeOfNeighbour(address: string): NeighbourPlace | undefined {
  const wanted = parseIpv4(address);
  if (wanted === undefined) return undefined;
  for (const [device, entries = []] of Object.entries(networkInterfaces())) {
    for (const { family, internal, netmask, address: ownAddress } of entries) {
      // VIPs are single addresses: they have no neighbours, and nobody is asked in their name.
      if (family !== 'IPv4' || internal || netmask === HOST_MASK) continue;
      const mask = parseIpv4(netmask) ?? 0;
      if (applyMask(parseIpv4(ownAddress) ?? 0, mask) === applyMask(wanted, mask))
        return { device, ownAddress };
    }
  }
  return undefined;
}

/** Every address that this machine has now, in the kernel's spelling. */
export function ownAddresses(): ReadonlySet<string> {
  const entries = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return new Set(entries.map(({ address }) => address));
}
