import { describe, expect, it } from 'vitest';
import { ConnectionAccount } from '../../src/core/connection.js';
import { DirectorTable } from '../../src/core/director-table.js';
import type { ServiceEntry } from '../../src/core/entries.js';
import { realServer, settings, tcpKey } from '../support/values.js';

const key = tcpKey();
const LIMITS = { services: 3, servers: 3 };

function tableWith(...servers: ReturnType<typeof realServer>[]): DirectorTable {
  const table = new DirectorTable(LIMITS);
  table.apply({ type: 'addService', service: settings(key) });
  for (const server of servers) table.apply({ type: 'addServer', key, server });
  return table;
}

function onlyService(table: DirectorTable): ServiceEntry {
  const [service] = table.services();
  if (!service) throw new Error('no service');
  return service;
}

function messageOf(change: ReturnType<DirectorTable['apply']>): string | undefined {
  return change.result.ok ? undefined : change.result.message;
}

describe('DirectorTable', () => {
  it('reads back what was added', () => {
    const table = tableWith(realServer(1), realServer(2, { weight: 5 }));
    expect(table.read()).toEqual({
      services: [{ ...settings(key), servers: [realServer(1), realServer(2, { weight: 5 })] }],
    });
  });

  it('refuses in the words of ipvsadm', () => {
    const table = tableWith(realServer(1));
    const other = tcpKey(81);
    const refused = (change: ReturnType<DirectorTable['apply']>) => messageOf(change);
    expect(refused(table.apply({ type: 'addService', service: settings(key) }))).toBe(
      'Service already exists',
    );
    expect(refused(table.apply({ type: 'editService', service: settings(other) }))).toBe('No such service');
    expect(refused(table.apply({ type: 'deleteService', key: other }))).toBe('No such service');
    expect(refused(table.apply({ type: 'addServer', key: other, server: realServer(1) }))).toBe(
      'No such service',
    );
    expect(refused(table.apply({ type: 'addServer', key, server: realServer(1) }))).toBe(
      'Destination already exists',
    );
    expect(refused(table.apply({ type: 'editServer', key, server: realServer(9) }))).toBe(
      'No such destination',
    );
    expect(refused(table.apply({ type: 'deleteServer', key, address: '127.0.0.1', port: 9 }))).toBe(
      'No such destination',
    );
  });

  it.each([
    ['a scheduler of the kernel', settings(tcpKey(81), { scheduler: 'mh' })],
    ['a firewall mark', settings({ kind: 'mark', mark: 7, family: 4 })],
    ['SCTP', settings({ ...tcpKey(81), protocol: 'sctp' })],
    ['IPv6', settings(tcpKey(81, '2001:db8::1'))],
    ['all ports', settings(tcpKey(0))],
    ['one-packet scheduling', settings(tcpKey(81), { onePacket: true })],
  ])('names the kernel backend for %s', (_, service) => {
    expect(messageOf(tableWith().apply({ type: 'addService', service }))).toContain('use the kernel backend');
  });

  it('is bounded', () => {
    const table = tableWith(realServer(1), realServer(2), realServer(3));
    expect(messageOf(table.apply({ type: 'addServer', key, server: realServer(4) }))).toBe(
      'over 3 real servers',
    );
    table.apply({ type: 'deleteServer', key, address: '127.0.0.1', port: 1 });
    expect(messageOf(table.apply({ type: 'addServer', key, server: realServer(4) }))).toBeUndefined();
    table.apply({ type: 'deleteService', key });
    for (const port of [1, 2, 3]) table.apply({ type: 'addService', service: settings(tcpKey(port)) });
    expect(messageOf(table.apply({ type: 'addService', service: settings(tcpKey(4)) }))).toBe(
      'over 3 services',
    );
  });

  it('hands out the servers that left, with their service too', () => {
    const table = tableWith(realServer(1), realServer(2));
    const gone = table.apply({ type: 'deleteServer', key, address: '127.0.0.1', port: 1 }).removed;
    expect(gone.map((server) => [server.settings.port, server.isRemoved])).toEqual([[1, true]]);
    const rest = table.apply({ type: 'deleteService', key }).removed;
    expect(rest.map((server) => [server.settings.port, server.isRemoved])).toEqual([[2, true]]);
  });
});

describe('ConnectionAccount', () => {
  const client = { address: 1, port: 1 };
  const open = (service: ServiceEntry, nowMs = 0, from = client) =>
    ConnectionAccount.open(service, from, 'opening', nowMs);

  it('moves through the columns of ipvsadm', () => {
    const table = tableWith(realServer(1));
    const account = open(onlyService(table));
    const columns = () => {
      const [server] = table.statistics()[0]?.servers ?? [];
      return [server?.activeConnections, server?.inactiveConnections, server?.connections];
    };
    expect(columns()).toEqual([0, 1, 1]);
    account?.establish();
    expect(columns()).toEqual([1, 0, 1]);
    account?.received(10, 5);
    account?.answered(300, 6);
    account?.halfClose();
    expect(columns()).toEqual([0, 1, 1]);
    account?.end();
    account?.end();
    expect(columns()).toEqual([0, 0, 1]);
    const totals = { connections: 1, packetsIn: 1, packetsOut: 1, bytesIn: 10, bytesOut: 300 };
    expect(table.statistics()[0]).toMatchObject({ ...totals, servers: [totals] });
  });

  it('expires after the timeout of its phase', () => {
    const timeouts = { tcpSeconds: 10, tcpFinSeconds: 2, udpSeconds: 5 };
    const service = onlyService(tableWith(realServer(1)));
    const account = open(service);
    account?.establish();
    account?.received(1, 1000);
    expect([10_999, 11_000].map((nowMs) => account?.isExpired(timeouts, nowMs))).toEqual([false, true]);
    account?.halfClose();
    expect([2_999, 3_000].map((nowMs) => account?.isExpired(timeouts, nowMs))).toEqual([false, true]);
    const flow = ConnectionAccount.open(service, client, 'flow', 0);
    expect([4_999, 5_000].map((nowMs) => flow?.isExpired(timeouts, nowMs))).toEqual([false, true]);
  });

  it('gives nothing new to weight 0 and keeps what is there', () => {
    const table = tableWith(realServer(1));
    const account = open(onlyService(table));
    table.apply({ type: 'editServer', key, server: realServer(1, { weight: 0 }) });
    expect(open(onlyService(table))).toBeUndefined();
    expect(account?.server.isRemoved).toBe(false);
  });

  it('follows persistence, but not to a quiesced server', () => {
    const table = tableWith(realServer(1), realServer(2));
    table.apply({ type: 'editService', service: settings(key, { persistentSeconds: 60 }) });
    const service = onlyService(table);
    const portOf = (nowMs: number) => open(service, nowMs)?.server.settings.port;
    expect([portOf(0), portOf(1), portOf(2)]).toEqual([1, 1, 1]);
    expect(table.statistics()[0]?.servers.map((server) => server.persistentConnections)).toEqual([1, 0]);
    expect(open(service, 3, { address: 2, port: 1 })?.server.settings.port).toBe(2);
    table.apply({ type: 'editServer', key, server: realServer(1, { weight: 0 }) });
    expect(portOf(4)).toBe(2);
  });

  it('observes thresholds with hysteresis', () => {
    const service = onlyService(tableWith(realServer(1, { upperThreshold: 4 })));
    const accounts = Array.from({ length: 4 }, () => open(service));
    expect(open(service)).toBeUndefined();
    accounts[0]?.end();
    expect(open(service)).toBeUndefined();
    accounts[1]?.end();
    expect(open(service)).toBeDefined();
  });
});
