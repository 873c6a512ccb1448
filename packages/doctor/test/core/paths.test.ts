import { parseLvsCf } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../../src/core/paths.js';
import { configurationWith, server } from './facts.js';

const NEIGHBOUR = { address: '10.0.0.11', mac: '02:00:00:00:00:11', device: 'eth0' };
const OWN = [
  { address: '10.0.1.2', device: 'eth1' },
  { address: '10.0.0.2', device: 'eth0' },
];

const SURROUNDINGS = {
  neighbours: [NEIGHBOUR],
  own: OWN,
  routes: new Map([['10.0.0.11', 'eth0']]),
  links: [{ name: 'eth0', isUp: true, hasCarrier: true, mtuBytes: 1500 }],
  isActive: true,
};

function paths(virtual: string, change: Partial<typeof SURROUNDINGS> = {}) {
  return pathsOf(configurationWith(virtual), { ...SURROUNDINGS, ...change }).paths;
}

describe('the ways to real servers', () => {
  it('lead to the VIP under direct routing, from an address of the same network', () => {
    expect(paths(server())).toEqual([
      {
        kind: 'direct',
        server: 'one',
        serverAddress: '10.0.0.11',
        mac: NEIGHBOUR.mac,
        device: 'eth0',
        tryFull: false,
        sourceAddress: '10.0.0.2',
        targetAddress: '10.0.0.100',
        port: 80,
      },
    ]);
  });

  it('lead to the server itself under NAT, from elsewhere, on the active director only', () => {
    const nat = server('forward = nat\nport = 8080');
    expect(paths(nat)).toMatchObject([
      { kind: 'nat', sourceAddress: '192.0.2.1', targetAddress: '10.0.0.11', port: 8080 },
    ]);
    expect(paths(nat, { isActive: false })).toEqual([]);
  });

  it('are tried once for each server, and not where they cannot be', () => {
    expect(paths(`${server()}\n${server().replace('one', 'again')}`)).toHaveLength(1);
    expect(paths(server('forward = tunnel'), { routes: new Map() })).toEqual([]);
    expect(paths(`protocol = udp\n${server()}`)).toEqual([]);
    expect(paths(server(), { neighbours: [] })).toEqual([]);
  });

  it('lead to the VIP through a tunnel, past routers too, with a full packet where it fits on this side', () => {
    const tunnel = server('forward = tunnel');
    const away = { neighbours: [] };
    expect(paths(tunnel, away)).toMatchObject([
      { kind: 'tunnel', mac: undefined, device: 'eth0', targetAddress: '10.0.0.100', tryFull: false },
    ]);
    const links = [{ name: 'eth0', isUp: true, hasCarrier: true, mtuBytes: 1520 }];
    expect(paths(tunnel, { ...away, links })).toMatchObject([{ tryFull: true }]);
  });

  it('are a few for each server, other VIPs before other ports, and the rest is counted', () => {
    const block = (vip: number, port: number) =>
      `virtual web-${vip}-${port} {\n  active = 1\n  address = 10.0.0.${vip} eth0:1\n  port = ${port}\n${server()}\n}`;
    const blocks = [block(101, 80), block(101, 81), block(101, 82), block(101, 83), block(102, 80)];
    const all = parseLvsCf(`primary = 10.0.0.2\nservice = lvs\nnetwork = direct\n${blocks.join('\n')}\n`);
    if (all.configuration === undefined) throw new Error(JSON.stringify(all.diagnostics));
    const { paths: chosen, leftOut } = pathsOf(all.configuration, SURROUNDINGS);
    expect(chosen.map(({ targetAddress, port }) => `${targetAddress}:${port}`)).toEqual([
      '10.0.0.101:80',
      '10.0.0.102:80',
      '10.0.0.101:81',
      '10.0.0.101:82',
    ]);
    expect(leftOut).toBe(1);
  });
});
