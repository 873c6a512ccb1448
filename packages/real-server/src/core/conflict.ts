import { asksByArp } from './finding.js';
import type { MachineState, Wanted } from './model.js';
import { isIpv4 } from './needs.js';

/** A VIP that an interface of a network has, and the name of that interface. */
export interface Conflict {
  readonly address: string;
  readonly interface: string;
}

/**
 * VIPs that this machine has on a network, as the active director has them. ARP goes on being answered there under
 * arp_ignore; a table of nftables would silence it and cut the address off.
 */
export function conflictsOf(wanted: Wanted, seen: MachineState): readonly Conflict[] {
  return wanted.vips.filter(isIpv4).flatMap(({ address }) => {
    const present = seen.addresses.filter((candidate) => candidate.address === address);
    const links = seen.links.filter(({ index }) => present.some((candidate) => candidate.index === index));
    return links.filter(asksByArp).map(({ name }) => ({ address, interface: name }));
  });
}
