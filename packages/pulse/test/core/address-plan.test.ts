import type { HeldAddress } from '@piranha/addresses';
import type { InterfaceAddress, NetworkLink } from '@piranha/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AddressSituation,
  findingText,
  heldAddress,
  isSameHeld,
  planAddresses,
} from '../../src/core/address-plan.js';
import { applyChange, link, present, vip } from '../support/network.js';

const LINKS = [link(1, 'lo', { hardwareType: 772 }), link(2, 'eth0'), link(3, 'eth1', { hasCarrier: false })];
const EMPTY: AddressSituation = { wanted: [], links: LINKS, addresses: [], held: [] };

/** Does what a plan says to a network that has the kernel's rules. */
function applyPlan(situation: AddressSituation): AddressSituation {
  const { operations, recordBefore } = planAddresses(situation);
  let { addresses } = situation;
  let held = recordBefore;
  for (const { type, ifindex, address } of operations) {
    const applied = applyChange(addresses, { type, address: { ...address, ifindex } });
    expect(applied.result.outcome).toBe('done');
    addresses = applied.addresses;
    if (type === 'remove') held = held.filter((entry) => !isSameHeld(entry, address));
  }
  return { ...situation, addresses, held };
}

function nameOf(links: readonly NetworkLink[], index: number): string {
  return links.find((one) => one.index === index)?.name ?? '';
}

function isRecorded({ held, links }: AddressSituation, address: InterfaceAddress): boolean {
  return held.some(
    (entry) =>
      entry.address === address.address &&
      entry.prefixLength === address.prefixLength &&
      entry.interface === nameOf(links, address.index),
  );
}

const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '2001:db8::1'];
const DEVICES = ['eth0', 'eth1', 'eth7'];
const anyVip = fc.tuple(fc.constantFrom(...ADDRESSES), fc.constantFrom(...DEVICES));
const anyWanted = fc
  .uniqueArray(anyVip, { selector: ([address]) => address })
  .map((pairs) => pairs.map(([address, device]) => vip(address, device)));
const anyHeld = fc
  .uniqueArray(anyVip, { selector: (pair) => pair.join() })
  .map((pairs): readonly HeldAddress[] =>
    pairs.map(([address, device]) => heldAddress(vip(address, device))),
  );
const anyPresent = fc
  .uniqueArray(
    fc.tuple(fc.constantFrom(...ADDRESSES), fc.constantFrom(1, 2, 3), fc.constantFrom('single', 'network')),
    { selector: (triple) => triple.join() },
  )
  .map((triples) =>
    triples.map(([address, index, form]) => {
      const isIpv6 = address.includes(':');
      return present(index, address, form === 'single' ? (isIpv6 ? 128 : 32) : isIpv6 ? 64 : 24);
    }),
  );
const anySituation = fc.record({
  wanted: anyWanted,
  links: fc.constant(LINKS),
  addresses: anyPresent,
  held: anyHeld,
});

describe('any plan', () => {
  it('reaches what is wanted, and a second plan is empty', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const after = applyPlan(situation);
        for (const { address, interface: name } of situation.wanted) {
          const index = LINKS.find((one) => one.name === name)?.index;
          const isThere = after.addresses.some((one) => one.index === index && one.address === address);
          expect(isThere).toBe(index !== undefined);
        }
        const second = planAddresses(after);
        expect(second.operations).toEqual([]);
        expect(second.recordBefore).toEqual(after.held);
      }),
    );
  });

  it('removes nothing that is not recorded, and everything recorded that is not wanted', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const after = applyPlan(situation);
        const foreign = situation.addresses.filter((one) => !isRecorded(situation, one));
        for (const one of foreign) expect(after.addresses).toContain(one);
        const isWanted = (one: InterfaceAddress) =>
          situation.wanted.some(({ address }) => address === one.address);
        const left = after.addresses.filter((one) => isRecorded(situation, one) && !isWanted(one));
        expect(left).toEqual([]);
      }),
    );
  });

  it('records every address before it adds it, and records nothing else', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const { operations, recordBefore } = planAddresses(situation);
        for (const { type, address, ifindex } of operations) {
          const entry = { ...address, interface: nameOf(LINKS, ifindex) };
          if (type === 'add') expect(recordBefore.some((recorded) => isSameHeld(recorded, entry))).toBe(true);
        }
        const after = applyPlan(situation);
        const ours = after.addresses.filter((one) => isRecorded(after, one));
        expect(ours).toHaveLength(after.held.length);
      }),
    );
  });

  it('adds before it removes', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const types = planAddresses(situation).operations.map(({ type }) => type);
        expect(types).toEqual([...types].sort());
      }),
    );
  });

  it('ends at nothing of ours when nothing is wanted', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const after = applyPlan({ ...applyPlan(situation), wanted: [] });
        expect(after.held).toEqual([]);
        expect(after.addresses).toEqual(situation.addresses.filter((one) => !isRecorded(situation, one)));
      }),
    );
  });
});

describe('a plan', () => {
  it('says that a device is missing', () => {
    const { operations, findings } = planAddresses({ ...EMPTY, wanted: [vip('10.0.0.1', 'eth7')] });
    expect(operations).toEqual([]);
    expect(findings.map(findingText)).toEqual(['10.0.0.1 cannot be held: there is no device eth7']);
  });

  it('adds to a device without a link, and says so', () => {
    const { operations, findings } = planAddresses({ ...EMPTY, wanted: [vip('10.0.0.1', 'eth1')] });
    expect(operations).toHaveLength(1);
    expect(findings.map(findingText)).toEqual(['10.0.0.1 is on eth1, whose link is down']);
  });

  it("leaves a device's own address alone when it is a VIP", () => {
    const own = { ...EMPTY, addresses: [present(2, '10.0.0.1', 24)] };
    const { operations, findings, recordBefore } = planAddresses({
      ...own,
      wanted: [vip('10.0.0.1', 'eth0')],
    });
    expect([operations, recordBefore]).toEqual([[], []]);
    expect(findings.map(findingText)).toEqual([
      '10.0.0.1/24 on eth0 was not added by pulse and is left alone',
    ]);
    expect(planAddresses({ ...own, wanted: [] }).operations).toEqual([]);
  });

  it('leaves an address alone that was recorded but has a far end', () => {
    const tunnel = { ...present(2, '10.0.0.1', 32), peer: '10.0.0.2' };
    const held = [heldAddress(vip('10.0.0.1', 'eth0'))];
    expect(planAddresses({ ...EMPTY, addresses: [tunnel], held }).operations).toEqual([]);
  });

  it('adds a VIP that the machine has on loopback as a real server', () => {
    const addresses = [present(1, '10.0.0.1', 32)];
    const { operations, findings } = planAddresses({
      ...EMPTY,
      addresses,
      wanted: [vip('10.0.0.1', 'eth0')],
    });
    expect(operations.map(({ type, ifindex }) => [type, ifindex])).toEqual([['add', 2]]);
    expect(findings).toEqual([{ type: 'foreign', address: '10.0.0.1', interface: 'lo', prefixLength: 32 }]);
  });

  it('moves an address: first to the new device, then from the old one', () => {
    const held = [heldAddress(vip('10.0.0.1', 'eth1'))];
    const addresses = [present(3, '10.0.0.1', 32)];
    const plan = planAddresses({ ...EMPTY, held, addresses, wanted: [vip('10.0.0.1', 'eth0')] });
    expect(plan.operations.map(({ type, ifindex }) => [type, ifindex])).toEqual([
      ['add', 2],
      ['remove', 3],
    ]);
    expect(plan.findings.map(findingText)).toEqual(['10.0.0.1 moves from eth1 to eth0']);
  });

  it('keeps an address where it is while its new device is missing', () => {
    const held = [heldAddress(vip('10.0.0.1', 'eth0'))];
    const addresses = [present(2, '10.0.0.1', 32)];
    const plan = planAddresses({ ...EMPTY, held, addresses, wanted: [vip('10.0.0.1', 'eth7')] });
    expect(plan.operations).toEqual([]);
    expect(plan.recordBefore).toEqual(held);
  });

  it('puts back what somebody took away, and says so', () => {
    const held = [heldAddress(vip('10.0.0.1', 'eth0'))];
    const { operations, findings } = planAddresses({ ...EMPTY, held, wanted: [vip('10.0.0.1', 'eth0')] });
    expect(operations).toHaveLength(1);
    expect(findings.map(findingText)).toEqual(['10.0.0.1 was gone from eth0 and is put back']);
  });
});
