import {
  addressesOn,
  type HeldAddress,
  type MachineState,
  prefixLengthOf,
  type RaisedLink,
  type StateRecord,
  type Step,
  type Wanted,
} from './model.js';
import { type Needs, needsOf } from './needs.js';
import { planSysctls } from './plan-sysctls.js';
import { planArpTable, planSegmentTable } from './plan-tables.js';

/** What to do, and what to write down before it is done and after it. */
export interface ChangePlan {
  readonly steps: readonly Step[];
  /** All that is ours and all that will be: to be kept before the first step. */
  readonly recordBefore: StateRecord;
  readonly recordAfter: StateRecord;
  /** What a person should know. */
  readonly notes: readonly string[];
}

/**
 * Plans the way from what is seen to what is wanted. First the machine becomes silent, then it gets the new VIPs, then it
 * loses those of ours that are not wanted any more, and only then are settings put back: at no time is a VIP here with
 * ARP answered for it. The same call completes a change that was cut off, and with NOTHING it undoes everything.
 */
export function planChange(wanted: Wanted, seen: MachineState, record: StateRecord): ChangePlan {
  const needs = needsOf(wanted, seen);
  const sysctls = planSysctls(needs.sysctls, seen, record);
  const addresses = planAddresses(needs, seen, record);
  const links = planLinks(needs, seen, record);
  const table = planArpTable(needs, seen, record, addresses.removed);
  const segments = planSegmentTable(needs, seen, record);
  const steps = [
    ...sysctls.set,
    ...table.set,
    ...segments.set,
    ...links.up,
    ...addresses.add,
    ...addresses.remove,
    ...links.down,
    ...sysctls.restore,
    ...table.end,
    ...segments.end,
  ];
  return {
    steps,
    recordBefore: {
      wanted,
      addresses: addresses.recordBefore,
      sysctls: sysctls.recordBefore,
      links: links.recordBefore,
      hasArpTable: table.isOurs || table.willBeOurs,
      hasSegmentTable: segments.isOurs || segments.willBeOurs,
    },
    recordAfter: {
      wanted,
      addresses: addresses.recordAfter,
      sysctls: sysctls.recordAfter,
      links: links.recordAfter,
      hasArpTable: table.willBeOurs,
      hasSegmentTable: segments.willBeOurs,
    },
    notes: [...addresses.notes, ...links.notes, ...sysctls.notes],
  };
}

/** True where nothing of ours is left, so that no record is needed. */
export function isEmptyRecord(record: StateRecord): boolean {
  const { wanted, addresses, sysctls, links, hasArpTable, hasSegmentTable } = record;
  const entries = wanted.vips.length + addresses.length + sysctls.length + links.length;
  return entries === 0 && !hasArpTable && !hasSegmentTable;
}

/** True for an address that the kernel has in the form in which we add it. */
export function hasOurForm(seen: MachineState, { address, interface: name }: HeldAddress): boolean {
  return addressesOn(seen, name).some(
    (present) =>
      present.address === address &&
      present.prefixLength === prefixLengthOf(address) &&
      present.peer === undefined,
  );
}

function isSame(one: HeldAddress): (other: HeldAddress) => boolean {
  return (other) => one.address === other.address && one.interface === other.interface;
}

function planAddresses({ addresses: wanted }: Needs, seen: MachineState, record: StateRecord) {
  const isThere = ({ address, interface: name }: HeldAddress): boolean =>
    addressesOn(seen, name).some((present) => present.address === address);
  const added = wanted.filter((address) => !isThere(address));
  const ours = record.addresses.filter((address) => hasOurForm(seen, address));
  const kept = ours.filter((address) => wanted.some(isSame(address)));
  const removed = ours.filter((address) => !wanted.some(isSame(address)));
  const foreign = wanted.filter((address) => isThere(address) && !kept.some(isSame(address)));
  return {
    add: added.map((address): Step => ({ type: 'add-address', address })),
    remove: removed.map((address): Step => ({ type: 'remove-address', address })),
    removed,
    recordBefore: [...ours, ...added],
    recordAfter: [...kept, ...added],
    notes: foreign.map(
      ({ address, interface: name }) =>
        `${address} was on ${name} already: it is not ours and stays after a stop`,
    ),
  };
}

function planLinks({ links: wanted }: Needs, seen: MachineState, record: StateRecord) {
  const isUp = (name: string): boolean => seen.links.some((link) => link.name === name && link.isUp);
  const raised = wanted
    .filter((name) => !isUp(name))
    .map((name) => ({ name, addresses: foreignAddresses(seen, name, record) }));
  const ours = record.links.filter(({ name }) => isUp(name));
  const kept = ours.filter(({ name }) => wanted.includes(name));
  const undone = ours.filter(({ name }) => !wanted.includes(name));
  const inUse = undone.filter((link) => newUsers(link, seen, record).length > 0);
  return {
    up: raised.map(({ name }): Step => ({ type: 'link-up', name })),
    down: undone
      .filter((link) => !inUse.includes(link))
      .map(({ name }): Step => ({ type: 'link-down', name })),
    recordBefore: [...ours, ...raised],
    recordAfter: [...kept, ...raised],
    notes: inUse.map((link) => {
      const users = newUsers(link, seen, record).join(', ');
      return `${link.name} stays up: somebody gave it ${users} since it was switched on`;
    }),
  };
}

/** Addresses of an interface that are not ours; the kernel's own link-local ones do not count. */
function foreignAddresses(seen: MachineState, name: string, record: StateRecord): readonly string[] {
  return addressesOn(seen, name)
    .map(({ address }) => address)
    .filter((address) => !address.startsWith('fe80:'))
    .filter((address) => !record.addresses.some(isSame({ address, interface: name })));
}

function newUsers(
  { name, addresses }: RaisedLink,
  seen: MachineState,
  record: StateRecord,
): readonly string[] {
  return foreignAddresses(seen, name, record).filter((address) => !addresses.includes(address));
}
