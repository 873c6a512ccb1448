import { describe, expect, it } from 'vitest';
import { pathsOf } from '../../src/core/paths.js';
import { configurationWith, server } from './facts.js';

const NEIGHBOUR = { address: '10.0.0.11', mac: '02:00:00:00:00:11', device: 'eth0' };
const OWN = [
  { address: '10.0.1.2', device: 'eth1' },
  { address: '10.0.0.2', device: 'eth0' },
];

function paths(virtual: string, { neighbours = [NEIGHBOUR], isActive = true } = {}) {
  return pathsOf(configurationWith(virtual), neighbours, OWN, isActive);
}

describe('the ways to real servers', () => {
  it('lead to the VIP under direct routing, from an address of the same network', () => {
    expect(paths(server())).toEqual([
      {
        kind: 'direct',
        server: 'one',
        neighbour: NEIGHBOUR,
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
    expect(paths(server('forward = tunnel'))).toEqual([]);
    expect(paths(`protocol = udp\n${server()}`)).toEqual([]);
    expect(paths(server(), { neighbours: [] })).toEqual([]);
  });
});
