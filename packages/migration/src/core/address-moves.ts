import type { HeldAddress, VirtualAddress } from '@piranha/addresses';
import type { InterfaceAddress, NetworkLink } from '@piranha/net';
import type { FoundAddress } from './adoption-record.js';

/** One change of an interface's addresses. */
export interface AddressMove {
  readonly type: 'add' | 'remove';
  readonly address: FoundAddress;
}

/** How addresses that another product holds become pulse's. */
export interface AddressAdoption {
  /** Each virtual address as it was found. */
  readonly found: readonly FoundAddress[];
  /** What pulse shall believe to have added itself. */
  readonly held: readonly HeldAddress[];
  /** Additions come before removals: no address is ever away. */
  readonly moves: readonly AddressMove[];
  /** Why it cannot be done, one sentence each. */
  readonly problems: readonly string[];
}

interface Adopted {
  readonly found?: FoundAddress;
  readonly held?: HeldAddress;
  readonly moves?: readonly AddressMove[];
  readonly problem?: string;
}

function isSingle({ prefixLength }: { readonly prefixLength: number }, family: 4 | 6): boolean {
  return prefixLength === (family === 4 ? 32 : 128);
}

function foundOf(present: InterfaceAddress, name: string): FoundAddress {
  const { address, prefixLength, label, broadcast } = present;
  return {
    address,
    prefixLength,
    interface: name,
    ...(label === undefined || label === name ? {} : { label }),
    ...(broadcast === undefined ? {} : { broadcast }),
  };
}

function oursOf({ address, prefixLength, interface: name, label, broadcast }: VirtualAddress): FoundAddress {
  return {
    address,
    prefixLength,
    interface: name,
    ...(label === undefined ? {} : { label }),
    ...(broadcast === undefined ? {} : { broadcast }),
  };
}

function adopt(
  wanted: VirtualAddress,
  links: readonly NetworkLink[],
  addresses: readonly InterfaceAddress[],
): Adopted {
  const present = addresses.filter(({ address }) => address === wanted.address);
  const nameOf = ({ index }: InterfaceAddress) => links.find((link) => link.index === index)?.name ?? '?';
  const here = present.find((one) => nameOf(one) === wanted.interface);
  const { address, interface: name, prefixLength } = wanted;
  if (here === undefined) {
    const [other] = present;
    return other === undefined
      ? { problem: `${address} is not held by this machine` }
      : { problem: `${address} is on ${nameOf(other)}, and lvs.cf says ${name}` };
  }
  if (here.peer !== undefined) return { problem: `${address} is one end of a link to ${here.peer}` };
  const found = foundOf(here, name);
  const held: HeldAddress = { address, prefixLength, interface: name };
  if (isSingle(here, wanted.family)) return { found, held };
  // To remove the first address of a network would remove the network's route and its other addresses too.
  if (!here.isSecondary && wanted.family === 4) {
    return { problem: `${address}/${here.prefixLength} is the first address of its network on ${name}` };
  }
  const moves: AddressMove[] = [
    { type: 'add', address: oursOf(wanted) },
    { type: 'remove', address: found },
  ];
  return { found, held, moves };
}

/** Plans how pulse gets the wanted addresses, which somebody else gave this machine. */
export function adoptAddresses(
  wanted: readonly VirtualAddress[],
  links: readonly NetworkLink[],
  addresses: readonly InterfaceAddress[],
): AddressAdoption {
  const adopted = wanted.map((address) => adopt(address, links, addresses));
  const moves = adopted.flatMap((one) => one.moves ?? []);
  return {
    found: adopted.flatMap(({ found }) => found ?? []),
    held: adopted.flatMap(({ held }) => held ?? []),
    moves: [...moves.filter(({ type }) => type === 'add'), ...moves.filter(({ type }) => type === 'remove')],
    problems: adopted.flatMap(({ problem }) => problem ?? []),
  };
}

function isSame(one: HeldAddress | FoundAddress, other: HeldAddress | FoundAddress): boolean {
  return (
    one.address === other.address &&
    one.prefixLength === other.prefixLength &&
    one.interface === other.interface
  );
}

/**
 * Plans how the addresses become what they were found as.
 * @param held what pulse has added or adopted
 */
export function giveAddressesBack(
  found: readonly FoundAddress[],
  held: readonly HeldAddress[],
  links: readonly NetworkLink[],
  addresses: readonly InterfaceAddress[],
): readonly AddressMove[] {
  const isPresent = (wanted: FoundAddress): boolean =>
    addresses.some((present) => {
      const name = links.find(({ index }) => index === present.index)?.name ?? '?';
      return isSame(foundOf(present, name), wanted);
    });
  const additions = found.filter((one) => !isPresent(one));
  const removals = held.filter((one) => !found.some((other) => isSame(one, other)));
  return [
    ...additions.map((address): AddressMove => ({ type: 'add', address })),
    ...removals.map((address): AddressMove => ({ type: 'remove', address })),
  ];
}
