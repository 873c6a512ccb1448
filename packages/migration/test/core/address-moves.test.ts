import type { InterfaceAddress } from '@piranha/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChange, link, present, vip } from '../../../pulse/test/support/network.js';
import { type AddressMove, adoptAddresses, giveAddressesBack } from '../../src/core/address-moves.js';

const LINKS = [link(2, 'eth0'), link(3, 'eth1')];

function after(addresses: readonly InterfaceAddress[], moves: readonly AddressMove[]): InterfaceAddress[] {
  let now = addresses;
  for (const { type, address } of moves) {
    const ifindex = LINKS.find(({ name }) => name === address.interface)?.index ?? 0;
    now = applyChange(now, { type, address: { ...address, ifindex } }).addresses;
  }
  return [...now];
}

function texts(addresses: readonly InterfaceAddress[]): string[] {
  return addresses.map(({ index, address, prefixLength }) => `${index} ${address}/${prefixLength}`).sort();
}

describe('adoptAddresses', () => {
  it('leaves a single address as it is, with whatever label', () => {
    const plan = adoptAddresses([vip('10.0.0.100', 'eth0')], LINKS, [present(2, '10.0.0.100', 32)]);
    expect(plan).toEqual({
      found: [{ address: '10.0.0.100', prefixLength: 32, interface: 'eth0' }],
      held: [{ address: '10.0.0.100', prefixLength: 32, interface: 'eth0' }],
      moves: [],
      problems: [],
    });
  });

  it('puts a single address beside one with a network, before that one goes', () => {
    const addresses = [present(2, '10.0.0.2', 24), { ...present(2, '10.0.0.100', 24), isSecondary: true }];
    const { moves, problems } = adoptAddresses([vip('10.0.0.100', 'eth0')], LINKS, addresses);
    expect(problems).toEqual([]);
    expect(moves.map(({ type, address }) => `${type} ${address.address}/${address.prefixLength}`)).toEqual([
      'add 10.0.0.100/32',
      'remove 10.0.0.100/24',
    ]);
  });

  it('says what cannot be adopted', () => {
    const addresses = [
      present(3, '10.0.0.101', 32),
      present(2, '10.0.0.102', 24),
      { ...present(2, '10.0.0.103', 32), peer: '10.0.0.1' },
    ];
    const wanted = ['100', '101', '102', '103'].map((last) => vip(`10.0.0.${last}`, 'eth0'));
    expect(adoptAddresses(wanted, LINKS, addresses).problems).toEqual([
      '10.0.0.100 is not held by this machine',
      '10.0.0.101 is on eth1, and lvs.cf says eth0',
      '10.0.0.102/24 is the first address of its network on eth0',
      '10.0.0.103 is one end of a link to 10.0.0.1',
    ]);
  });
});

describe('giveAddressesBack', () => {
  const address = fc.record({
    last: fc.integer({ min: 100, max: 120 }),
    index: fc.constantFrom(2, 3),
    prefixLength: fc.constantFrom(32, 24),
  });
  const machine = fc.uniqueArray(address, { selector: ({ last }) => last, maxLength: 8 });

  it('leads back to exactly what was found, also when pulse lost or kept addresses meanwhile', () => {
    fc.assert(
      fc.property(machine, fc.nat(), (chosen, kept) => {
        const before = chosen.map(({ last, index, prefixLength }) => ({
          ...present(index, `10.0.0.${last}`, prefixLength),
          isSecondary: prefixLength === 24,
        }));
        const nameOf = (index: number) => (index === 2 ? 'eth0' : 'eth1');
        const wanted = chosen.map(({ last, index }) => vip(`10.0.0.${last}`, nameOf(index)));
        const plan = adoptAddresses(wanted, LINKS, before);
        expect(plan.problems).toEqual([]);
        const adopted = after(before, plan.moves);
        expect(adopted.every(({ prefixLength }) => prefixLength === 32)).toBe(true);
        const later = adopted.filter((_, index) => (kept >> index) % 2 === 0);
        const back = giveAddressesBack(plan.found, plan.held, LINKS, later);
        expect(texts(after(later, back))).toEqual(texts(before));
      }),
    );
  });
});
