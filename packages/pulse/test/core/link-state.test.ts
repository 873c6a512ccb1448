import { describe, expect, it } from 'vitest';
import { isLinkUp, type LinkSituation, linkProblems } from '../../src/core/link-state.js';
import { link, present } from '../support/network.js';

const UP = link(2, 'eth0');
const UNPLUGGED = link(2, 'eth0', { hasCarrier: false, operationalState: 'down' });

function situation(changes: Partial<LinkSituation>): LinkSituation {
  return {
    links: [UP, link(3, 'eth1')],
    addresses: [present(2, '10.0.0.1', 24), present(3, '192.168.1.1', 24)],
    publicAddress: '10.0.0.1',
    privateAddress: '192.168.1.1',
    ...changes,
  };
}

describe('a link', () => {
  it.each([
    ['with carrier', {}, true],
    ['switched off', { isUp: false, hasCarrier: false, operationalState: 'down' }, false],
    ['unplugged', { hasCarrier: false, operationalState: 'down' }, false],
    ['without a lower device', { hasCarrier: false, operationalState: 'lowerlayerdown' }, false],
    ['whose driver tells nothing', { operationalState: 'unknown' }, true],
    ['that waits for a login', { operationalState: 'dormant' }, true],
  ] as const)('%s', (_, changes, isUp) => expect(isLinkUp(link(2, 'eth0', changes))).toBe(isUp));
});

describe('the lost links of a node', () => {
  it('are none while both are up', () => expect(linkProblems(situation({}))).toEqual([]));

  it('are told in the order public, private', () => {
    expect(linkProblems(situation({ links: [UNPLUGGED, link(3, 'eth1')] }))).toEqual([
      'Primary NIC: link down',
    ]);
    expect(linkProblems(situation({ links: [UP, link(3, 'eth1', { isUp: false })] }))).toEqual([
      'Private NIC: link down',
    ]);
    const both = [UNPLUGGED, link(3, 'eth1', { hasCarrier: false })];
    expect(linkProblems(situation({ links: both }))).toEqual([
      'Primary NIC: link down',
      'Private NIC: link down',
    ]);
  });

  it('do not count an address that is on no interface, or none at all', () => {
    const links = [UNPLUGGED, link(3, 'eth1', { hasCarrier: false })];
    expect(linkProblems(situation({ links, addresses: [] }))).toEqual([]);
    expect(linkProblems(situation({ links, publicAddress: undefined, privateAddress: undefined }))).toEqual(
      [],
    );
  });

  it('compare addresses, not spellings', () => {
    const addresses = [present(2, '2001:db8::1', 64)];
    const state = {
      links: [UNPLUGGED],
      addresses,
      publicAddress: '2001:DB8:0:0::1',
      privateAddress: undefined,
    };
    expect(linkProblems(state)).toEqual(['Primary NIC: link down']);
  });

  it('follow a bond by its own state, whatever its slaves do', () => {
    const slaves = [
      link(4, 'eth2', { master: 2, hasCarrier: false, operationalState: 'down' }),
      link(5, 'eth3', { master: 2 }),
    ];
    const bond = link(2, 'bond0', { kind: 'bond' });
    const others = [...slaves, link(3, 'eth1')];
    expect(linkProblems(situation({ links: [bond, ...others] }))).toEqual([]);
    const lost = link(2, 'bond0', { kind: 'bond', hasCarrier: false, operationalState: 'down' });
    expect(linkProblems(situation({ links: [lost, ...others] }))).toEqual(['Primary NIC: link down']);
  });

  it('follow a VLAN on a bond that lost its slaves', () => {
    const vlan = link(2, 'bond0.5', { kind: 'vlan', hasCarrier: false, operationalState: 'lowerlayerdown' });
    expect(linkProblems(situation({ links: [vlan, link(3, 'eth1')] }))).toEqual(['Primary NIC: link down']);
  });

  it('are none while one of two holders of the address is up', () => {
    const addresses = [present(2, '10.0.0.1', 24), present(3, '10.0.0.1', 32)];
    const links = [UNPLUGGED, link(3, 'eth1')];
    expect(linkProblems(situation({ links, addresses, privateAddress: undefined }))).toEqual([]);
  });
});
