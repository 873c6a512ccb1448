import assert from 'node:assert/strict';
import type { ServiceKey, ServiceSettings, TableServer } from './core/model.js';
import type { Director } from './director.js';

/**
 * What every backend must do, whatever stands behind it: cases by their titles, for any test runner. Each wants a
 * director with an empty table and a key that it can serve, and leaves entries behind.
 */
export type ComplianceCase = (director: Director, key: ServiceKey) => Promise<void>;

const service = (key: ServiceKey, scheduler = 'rr'): ServiceSettings => ({
  key,
  scheduler,
  schedulerFlags: [],
  persistentSeconds: 0,
  persistenceMask: undefined,
  onePacket: false,
});

const server = (last: number, weight = 1): TableServer => ({
  address: `127.0.0.${last}`,
  port: 8081,
  forwarding: 'masquerade',
  weight,
  upperThreshold: 0,
  lowerThreshold: 0,
});

/** The Director contract, case by case. */
export const COMPLIANCE: Readonly<Record<string, ComplianceCase>> = {
  'starts with an empty table': async (director) => {
    assert.deepEqual(await director.readTable(), { services: [] });
  },

  'shows what was added, in the order of ipvsadm': async (director, key) => {
    const results = await director.apply([
      { type: 'addService', service: service(key) },
      { type: 'addServer', key, server: server(12, 3) },
      { type: 'addServer', key, server: server(11) },
    ]);
    assert.deepEqual(results, [{ ok: true }, { ok: true }, { ok: true }]);
    assert.deepEqual(await director.readTable(), {
      services: [{ ...service(key), servers: [server(11), server(12, 3)] }],
    });
  },

  'edits in place and deletes': async (director, key) => {
    await director.apply([
      { type: 'addService', service: service(key) },
      { type: 'addServer', key, server: server(11) },
      { type: 'addServer', key, server: server(12) },
    ]);
    await director.apply([
      { type: 'editService', service: service(key, 'wlc') },
      { type: 'editServer', key, server: server(11, 0) },
      { type: 'deleteServer', key, address: '127.0.0.12', port: 8081 },
    ]);
    assert.deepEqual(await director.readTable(), {
      services: [{ ...service(key, 'wlc'), servers: [server(11, 0)] }],
    });
    await director.apply([{ type: 'deleteService', key }]);
    assert.deepEqual(await director.readTable(), { services: [] });
  },

  'refuses single operations with a message and carries the others out': async (director, key) => {
    const results = await director.apply([
      { type: 'addServer', key, server: server(11) },
      { type: 'deleteService', key },
      { type: 'addService', service: service(key) },
      { type: 'addService', service: service(key) },
      { type: 'addServer', key, server: server(11) },
      { type: 'addServer', key, server: server(11) },
      { type: 'editServer', key, server: server(12) },
      { type: 'deleteServer', key, address: '127.0.0.12', port: 8081 },
    ]);
    assert.deepEqual(
      results.map(({ ok }) => ok),
      [false, false, true, false, true, false, false, false],
    );
    for (const result of results) if (!result.ok) assert.notEqual(result.message, '');
    assert.deepEqual(await director.readTable(), { services: [{ ...service(key), servers: [server(11)] }] });
  },

  'refuses one operation alone, with a message': async (director, key) => {
    const [result] = await director.apply([{ type: 'deleteService', key }]);
    assert.ok(result && !result.ok && result.message !== '');
  },

  'has statistics for every entry, zero before any traffic': async (director, key) => {
    await director.apply([
      { type: 'addService', service: service(key) },
      { type: 'addServer', key, server: server(11) },
    ]);
    const [statistics] = await director.readStatistics();
    assert.deepEqual(statistics?.key, key);
    assert.deepEqual([statistics?.connections, statistics?.bytesIn, statistics?.bytesOut], [0, 0, 0]);
    assert.equal(statistics?.servers.length, 1);
    const [counters] = statistics?.servers ?? [];
    assert.deepEqual([counters?.address, counters?.port], ['127.0.0.11', 8081]);
    assert.deepEqual(
      [counters?.activeConnections, counters?.inactiveConnections, counters?.connections],
      [0, 0, 0],
    );
  },

  'takes timeouts': async (director) => {
    await director.setTimeouts({ tcpSeconds: 900, tcpFinSeconds: 0, udpSeconds: 300 });
  },
};
