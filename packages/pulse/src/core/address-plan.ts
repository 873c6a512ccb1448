import type { HeldAddress, VirtualAddress } from '@piranha/addresses';
import type { InterfaceAddress, NetworkLink } from '@piranha/net';

/** What the planner looks at. */
export interface AddressSituation {
  readonly wanted: readonly VirtualAddress[];
  readonly links: readonly NetworkLink[];
  readonly addresses: readonly InterfaceAddress[];
  readonly held: readonly HeldAddress[];
}

/** One change; they are to be made in the plan's order. */
export type AddressOperation =
  | { readonly type: 'add'; readonly ifindex: number; readonly address: VirtualAddress }
  | { readonly type: 'remove'; readonly ifindex: number; readonly address: HeldAddress };

/** What an operator should know. */
export type AddressFinding =
  /** The device of a wanted address is not there: it cannot be held. */
  | { readonly type: 'device-missing'; readonly address: string; readonly interface: string }
  /** Held, but the device is switched off or has no carrier. */
  | { readonly type: 'device-down'; readonly address: string; readonly interface: string }
  /** Somebody else gave this machine the address: it is left alone now and at the end. */
  | {
      readonly type: 'foreign';
      readonly address: string;
      readonly interface: string;
      readonly prefixLength: number;
    }
  /** Was ours, is wanted, and somebody took it away: it is put back. */
  | { readonly type: 'lost'; readonly address: string; readonly interface: string }
  /** Is ours on another device than lvs.cf says now. */
  | { readonly type: 'moved'; readonly address: string; readonly from: string; readonly interface: string };

/** What to do, and what to write down before it is done. */
export interface AddressPlan {
  readonly operations: readonly AddressOperation[];
  readonly findings: readonly AddressFinding[];
  /** To be recorded before the first operation: all that is ours and all that will be. */
  readonly recordBefore: readonly HeldAddress[];
}

/** The record of an address that we add. */
export function heldAddress({ address, prefixLength, interface: name }: VirtualAddress): HeldAddress {
  return { address, prefixLength, interface: name };
}

/** True for two records of the same address at the same place. */
export function isSameHeld(one: HeldAddress, other: HeldAddress): boolean {
  return (
    one.address === other.address &&
    one.interface === other.interface &&
    one.prefixLength === other.prefixLength
  );
}

/** The recorded addresses that the kernel has, with the index of their interface. */
export function presentHeld({
  held,
  links,
  addresses,
}: Omit<AddressSituation, 'wanted'>): readonly { readonly ifindex: number; readonly address: HeldAddress }[] {
  return held.flatMap((address) => {
    const ifindex = links.find((link) => link.name === address.interface)?.index;
    const isPresent = addresses.some((present) => present.index === ifindex && isOurForm(present, address));
    return ifindex === undefined || !isPresent ? [] : [{ ifindex, address }];
  });
}

/** We add single addresses without a far end; everything else was added by somebody else, whatever the record says. */
function isOurForm(present: InterfaceAddress, held: Pick<HeldAddress, 'address' | 'prefixLength'>): boolean {
  return (
    present.address === held.address &&
    present.prefixLength === held.prefixLength &&
    present.peer === undefined
  );
}

/**
 * Plans how the kernel gets the wanted addresses and loses those of ours that are not wanted any more. All additions
 * come before all removals: an address that moves between devices is never away. Label and broadcast of an address that
 * is there are not changed, because that would take it away for a moment.
 */
export function planAddresses(situation: AddressSituation): AddressPlan {
  const { wanted } = situation;
  const present = presentHeld(situation);
  const placed = wanted.map((address) => placeAddress(situation, address));
  const additions = placed.flatMap(({ addition }) => addition ?? []);
  const kept = present.map(({ address }) => address);
  const removals = present
    .filter((entry) => !mustStay(situation, entry.address))
    .map(({ ifindex, address }) => ({ type: 'remove' as const, ifindex, address }));
  const added = additions.map(({ address }) => heldAddress(address));
  return {
    operations: [...additions, ...removals],
    findings: [...placed.flatMap(({ findings }) => findings), ...movedFindings(wanted, kept)],
    recordBefore: [...kept, ...added],
  };
}

interface Placed {
  readonly addition: Extract<AddressOperation, { type: 'add' }> | undefined;
  readonly findings: readonly AddressFinding[];
}

function placeAddress(situation: AddressSituation, address: VirtualAddress): Placed {
  const { links, held } = situation;
  const place = { address: address.address, interface: address.interface };
  const findings: AddressFinding[] = [...foreignFindings(situation, address)];
  const link = links.find(({ name }) => name === address.interface);
  if (link === undefined) {
    return { addition: undefined, findings: [...findings, { type: 'device-missing', ...place }] };
  }
  if (!link.isUp || !link.hasCarrier) findings.push({ type: 'device-down', ...place });
  const isThere = situation.addresses.some(
    (present) => present.index === link.index && present.address === address.address,
  );
  if (isThere) return { addition: undefined, findings };
  if (held.some(sameAs(heldAddress(address)))) findings.push({ type: 'lost', ...place });
  return { addition: { type: 'add', ifindex: link.index, address }, findings };
}

function foreignFindings(
  { links, addresses, held }: AddressSituation,
  { address }: VirtualAddress,
): readonly AddressFinding[] {
  return addresses.flatMap((present) => {
    const name = links.find(({ index }) => index === present.index)?.name;
    if (present.address !== address || name === undefined) return [];
    const isOurs = held.some((entry) => entry.interface === name && isOurForm(present, entry));
    if (isOurs) return [];
    return [{ type: 'foreign' as const, address, interface: name, prefixLength: present.prefixLength }];
  });
}

function movedFindings(
  wanted: readonly VirtualAddress[],
  kept: readonly HeldAddress[],
): readonly AddressFinding[] {
  return wanted.flatMap(({ address, interface: name }) => {
    const elsewhere = kept.find((entry) => entry.address === address && entry.interface !== name);
    if (elsewhere === undefined) return [];
    return [{ type: 'moved' as const, address, from: elsewhere.interface, interface: name }];
  });
}

function sameAs(one: HeldAddress): (other: HeldAddress) => boolean {
  return (other) => isSameHeld(one, other);
}

/** An address that is wanted on a device that is missing stays where it is until the device comes. */
function mustStay({ wanted, links }: AddressSituation, held: HeldAddress): boolean {
  return wanted.some(
    (address) =>
      address.address === held.address &&
      (address.interface === held.interface || !links.some(({ name }) => name === address.interface)),
  );
}

/** A finding as a line for the log. */
export function findingText(finding: AddressFinding): string {
  const { address } = finding;
  switch (finding.type) {
    case 'device-missing':
      return `${address} cannot be held: there is no device ${finding.interface}`;
    case 'device-down':
      return `${address} is on ${finding.interface}, whose link is down`;
    case 'foreign':
      return `${address}/${finding.prefixLength} on ${finding.interface} was not added by pulse and is left alone`;
    case 'lost':
      return `${address} was gone from ${finding.interface} and is put back`;
    case 'moved':
      return `${address} moves from ${finding.from} to ${finding.interface}`;
  }
}
