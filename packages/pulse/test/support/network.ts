import type { VirtualAddress } from '@piranha/addresses';
import type { AddressChange, ChangeResult, InterfaceAddress, NetworkLink } from '@piranha/net';

/** A link that is up unless told otherwise. */
export function link(index: number, name: string, changes: Partial<NetworkLink> = {}): NetworkLink {
  return {
    index,
    name,
    isUp: true,
    hasCarrier: true,
    operationalState: 'up',
    kind: undefined,
    master: undefined,
    mac: '02:00:00:00:00:01',
    hardwareType: 1,
    mtuBytes: 1500,
    ...changes,
  };
}

/** An address as the kernel lists it. */
export function present(index: number, address: string, prefixLength: number): InterfaceAddress {
  return {
    index,
    family: address.includes(':') ? 6 : 4,
    address,
    prefixLength,
    peer: undefined,
    broadcast: undefined,
    label: undefined,
    scope: 0,
    isSecondary: false,
    isPermanent: true,
    isTentative: false,
    isDeprecated: false,
    isNodad: false,
    hasFailedDad: false,
    preferredSeconds: Infinity,
    validSeconds: Infinity,
  };
}

/** A wanted address. */
export function vip(address: string, device: string): VirtualAddress {
  const isIpv6 = address.includes(':');
  return {
    address,
    family: isIpv6 ? 6 : 4,
    interface: device,
    label: isIpv6 ? undefined : `${device}:1`,
    prefixLength: isIpv6 ? 128 : 32,
    broadcast: undefined,
  };
}

/** The kernel's rules for addresses: the same address and prefix exist once on an interface. */
export function applyChange(
  addresses: readonly InterfaceAddress[],
  { type, address }: AddressChange,
): { readonly addresses: readonly InterfaceAddress[]; readonly result: ChangeResult } {
  const isIt = (one: InterfaceAddress) =>
    one.index === address.ifindex &&
    one.address === address.address &&
    one.prefixLength === address.prefixLength &&
    one.peer === undefined;
  const isThere = addresses.some(isIt);
  if (isThere === (type === 'add')) return { addresses, result: { outcome: 'already' } };
  const added = present(address.ifindex, address.address, address.prefixLength);
  const changed = isThere ? addresses.filter((one) => !isIt(one)) : [...addresses, added];
  return { addresses: changed, result: { outcome: 'done' } };
}
