import { netlinkAttributes } from '@piranha/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServerOperation } from '../../src/core/model.js';
import { isServerOperation, serverCommand } from '../../src/core/netlink-servers.js';
import type { ServiceKey, TableServer } from '../../src/index.js';

const KEY: ServiceKey = { kind: 'address', protocol: 'tcp', address: '10.0.0.9', port: 80 };
const SERVER: TableServer = {
  address: '10.0.0.11',
  port: 8080,
  forwarding: 'masquerade',
  weight: 3,
  upperThreshold: 100,
  lowerThreshold: 50,
};

/** The attributes of service and real server as hexadecimal text, by their types. */
function said(operation: ServerOperation) {
  const command = serverCommand(operation);
  if (command === undefined) return undefined;
  const both = netlinkAttributes(command.attributes);
  const of = (type: number) =>
    Object.fromEntries(
      [...netlinkAttributes(both.get(type) ?? Buffer.alloc(0))].map(([one, value]) => [
        one,
        value.toString('hex'),
      ]),
    );
  return { command: command.command, service: of(1), server: of(2) };
}

const v4 = (text: string) => text.padEnd(32, '0');

describe('requests about real servers', () => {
  it('name the service and say all of the server', () => {
    expect(said({ type: 'editServer', key: KEY, server: SERVER })).toEqual({
      command: 6,
      service: { 1: '0200', 2: '0600', 3: v4('0a000009'), 4: '0050' },
      server: {
        1: v4('0a00000b'),
        2: '1f90',
        3: '00000000',
        4: '03000000',
        5: '64000000',
        6: '32000000',
        11: '0200',
      },
    });
  });

  it('of a removal name the place alone', () => {
    const mark = { kind: 'mark', mark: 0xffff_fff0, family: 6 } as const;
    expect(said({ type: 'deleteServer', key: mark, address: '2001:db8::b', port: 0 })).toEqual({
      command: 7,
      service: { 1: '0a00', 5: 'f0ffffff' },
      server: { 1: '20010db800000000000000000000000b', 2: '0000', 11: '0a00' },
    });
  });

  it('have the number of each protocol and forwarding method', () => {
    const protocols = (['tcp', 'udp', 'sctp'] as const).map(
      (protocol) => said({ type: 'addServer', key: { ...KEY, protocol }, server: SERVER })?.service[2],
    );
    expect(protocols).toEqual(['0600', '1100', '8400']);
    const methods = (['masquerade', 'tunnel', 'direct'] as const).map(
      (forwarding) => said({ type: 'addServer', key: KEY, server: { ...SERVER, forwarding } })?.server[3],
    );
    expect(methods).toEqual(['00000000', '02000000', '03000000']);
    expect(said({ type: 'addServer', key: KEY, server: SERVER })?.command).toBe(5);
  });

  it('are left to ipvsadm where it judges or spells what is wanted', () => {
    const odd: readonly Partial<TableServer>[] = [
      { weight: -1 },
      { weight: 65_536 },
      { weight: 1.5 },
      { upperThreshold: 2 ** 31 },
      { lowerThreshold: -1 },
      { port: 65_536 },
      { address: 'eth0' },
      { otherTunnel: '--tun-type gue --tun-port 6000' },
    ];
    for (const change of odd) {
      const server = { ...SERVER, ...change };
      expect(serverCommand({ type: 'editServer', key: KEY, server })).toBeUndefined();
    }
    const key = { ...KEY, address: 'none' };
    expect(serverCommand({ type: 'editServer', key, server: SERVER })).toBeUndefined();
  });

  it('are there for every server that the model can say', () => {
    const number = (max: number) => fc.integer({ min: 0, max });
    const server = fc.record({
      address: fc.oneof(fc.ipV4(), fc.ipV6()),
      port: number(65_535),
      forwarding: fc.constantFrom('masquerade' as const, 'direct' as const, 'tunnel' as const),
      weight: number(65_535),
      upperThreshold: number(2 ** 31 - 1),
      lowerThreshold: number(2 ** 31 - 1),
    });
    fc.assert(
      fc.property(server, (one) => {
        const text = said({ type: 'addServer', key: KEY, server: one })?.server ?? {};
        const read = (type: number) => Buffer.from(text[type] ?? '', 'hex').readUInt32LE();
        expect(Buffer.from(text[2] ?? '', 'hex').readUInt16BE()).toBe(one.port);
        expect([read(4), read(5), read(6)]).toEqual([one.weight, one.upperThreshold, one.lowerThreshold]);
        expect(text[11]).toBe(one.address.includes(':') ? '0a00' : '0200');
        expect(text[1]).toHaveLength(32);
      }),
    );
  });

  it('are not for services', () => {
    expect(isServerOperation({ type: 'deleteService', key: KEY })).toBe(false);
    expect(isServerOperation({ type: 'deleteServer', key: KEY, address: '10.0.0.11', port: 80 })).toBe(true);
  });
});
