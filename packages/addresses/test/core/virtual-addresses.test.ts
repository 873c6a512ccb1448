import type { DeviceAddress, ForwardingMethod, LvsConfiguration, VirtualServerConfig } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { virtualAddressesOf } from '../../src/core/virtual-addresses.js';

type Changes = Partial<Pick<LvsConfiguration, 'network' | 'natRouter' | 'natMask'>>;

/** Only what the floating addresses are made of. */
function service(place: string | undefined, vipMask?: string, active = true): VirtualServerConfig {
  const address = place === undefined ? undefined : placeOf(place);
  return { active, address, vipMask, servers: [] } as unknown as VirtualServerConfig;
}

/** A service with one server that is forwarded to in this way. */
function forwardedService(forwarding: ForwardingMethod): VirtualServerConfig {
  const servers = [{ active: true, forwarding }];
  return { ...service('10.0.0.9 eth0:1'), servers } as unknown as VirtualServerConfig;
}

function placeOf(text: string): DeviceAddress {
  const [address = '', device = ''] = text.split(' ');
  return { address, device };
}

function configuration(
  virtualServers: readonly VirtualServerConfig[],
  changes: Changes = {},
): LvsConfiguration {
  const none = { network: 'direct', natRouter: undefined, natMask: undefined };
  return { ...none, ...changes, virtualServers } as unknown as LvsConfiguration;
}

describe('the floating addresses of a configuration', () => {
  it('are single addresses with the label of lvs.cf', () => {
    expect(virtualAddressesOf(configuration([service('10.0.0.9 eth0:1', '255.255.255.0')]))).toEqual([
      {
        address: '10.0.0.9',
        family: 4,
        interface: 'eth0',
        label: 'eth0:1',
        prefixLength: 32,
        broadcast: '10.0.0.255',
      },
    ]);
  });

  it('have no label where lvs.cf names the bare device', () => {
    const [found] = virtualAddressesOf(configuration([service('10.0.0.9 eth0')]));
    expect(found).toMatchObject({ interface: 'eth0', label: undefined, broadcast: undefined });
  });

  it('have no label that the kernel would not store', () => {
    const [found] = virtualAddressesOf(configuration([service('10.0.0.9 enp130s0f1np1:22')]));
    expect(found).toMatchObject({ interface: 'enp130s0f1np1', label: undefined });
  });

  it('are distinct, and the first active block decides about the device', () => {
    const services = [
      service('10.0.0.9 eth9:9', undefined, false),
      service('10.0.0.9 eth0:1'),
      service('10.0.0.9 eth1:1'),
      service('10.0.0.8 eth1.5:2'),
      service(undefined),
    ];
    const found = virtualAddressesOf(configuration(services));
    expect(found.map(({ address, interface: name }) => `${address} ${name}`)).toEqual([
      '10.0.0.9 eth0',
      '10.0.0.8 eth1.5',
    ]);
  });

  it.each([
    ['nat', ['10.0.0.9', '192.168.1.254']],
    ['direct', ['10.0.0.9']],
    ['tunnel', ['10.0.0.9']],
  ] as const)('count the NAT router where a server is forwarded to by %s: %j', (forwarding, wanted) => {
    const changes = { natRouter: placeOf('192.168.1.254 eth1:1'), natMask: '255.255.0.0' };
    const found = virtualAddressesOf(configuration([forwardedService(forwarding)], changes));
    expect(found.map(({ address }) => address)).toEqual(wanted);
    for (const { address, broadcast, prefixLength } of found) {
      expect(prefixLength).toBe(32);
      if (address === '192.168.1.254') expect(broadcast).toBe('192.168.255.255');
    }
  });

  it.each([
    ['255.255.255.255', undefined],
    ['255.255.255.254', undefined],
    ['255.255.255.252', '10.0.0.11'],
    ['255.0.255.0', undefined],
    ['0.0.0.0', undefined],
    ['128.0.0.0', '127.255.255.255'],
  ])('have the broadcast of mask %s: %s', (mask, broadcast) => {
    const [found] = virtualAddressesOf(configuration([service('10.0.0.9 eth0:1', mask)]));
    expect(found?.broadcast).toBe(broadcast);
  });

  it('have neither label nor broadcast in IPv6, and one spelling', () => {
    const services = [service('2001:DB8:0::9 eth0:1', '255.255.255.0'), service('2001:db8::9 eth1')];
    expect(virtualAddressesOf(configuration(services))).toEqual([
      {
        address: '2001:db8::9',
        family: 6,
        interface: 'eth0',
        label: undefined,
        prefixLength: 128,
        broadcast: undefined,
      },
    ]);
  });
});
