import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Director, ServiceKey, ServiceSettings, TableServer } from '../../src/index.js';

/** A service key that the backend under test can serve. */
export interface ComplianceSetup {
  readonly director: Director;
  readonly key: ServiceKey;
  /** Ends what the backend needs; the director is closed before. */
  readonly close: () => Promise<void>;
}

/** What every backend must do, whatever stands behind it. */
export function directorCompliance(name: string, setUp: () => Promise<ComplianceSetup>): void {
  describe(`${name} keeps the Director contract`, () => {
    let setup: ComplianceSetup;

    beforeEach(async () => {
      setup = await setUp();
    });

    afterEach(async () => {
      await setup.director.close();
      await setup.close();
    });

    const service = (scheduler = 'rr'): ServiceSettings => ({
      key: setup.key,
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

    it('starts with an empty table', async () => {
      expect(await setup.director.readTable()).toEqual({ services: [] });
    });

    it('shows what was added, in the order of ipvsadm', async () => {
      const { director, key } = setup;
      const results = await director.apply([
        { type: 'addService', service: service() },
        { type: 'addServer', key, server: server(12, 3) },
        { type: 'addServer', key, server: server(11) },
      ]);
      expect(results).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
      expect(await director.readTable()).toEqual({
        services: [{ ...service(), servers: [server(11), server(12, 3)] }],
      });
    });

    it('edits in place and deletes', async () => {
      const { director, key } = setup;
      await director.apply([
        { type: 'addService', service: service() },
        { type: 'addServer', key, server: server(11) },
        { type: 'addServer', key, server: server(12) },
      ]);
      await director.apply([
        { type: 'editService', service: service('wlc') },
        { type: 'editServer', key, server: server(11, 0) },
        { type: 'deleteServer', key, address: '127.0.0.12', port: 8081 },
      ]);
      expect(await director.readTable()).toEqual({
        services: [{ ...service('wlc'), servers: [server(11, 0)] }],
      });
      await director.apply([{ type: 'deleteService', key }]);
      expect(await director.readTable()).toEqual({ services: [] });
    });

    it('refuses single operations with a message and carries the others out', async () => {
      const { director, key } = setup;
      const results = await director.apply([
        { type: 'addServer', key, server: server(11) },
        { type: 'deleteService', key },
        { type: 'addService', service: service() },
        { type: 'addService', service: service() },
        { type: 'addServer', key, server: server(11) },
        { type: 'addServer', key, server: server(11) },
        { type: 'editServer', key, server: server(12) },
        { type: 'deleteServer', key, address: '127.0.0.12', port: 8081 },
      ]);
      expect(results.map(({ ok }) => ok)).toEqual([false, false, true, false, true, false, false, false]);
      for (const result of results) if (!result.ok) expect(result.message).not.toBe('');
      expect(await director.readTable()).toEqual({ services: [{ ...service(), servers: [server(11)] }] });
    });

    it('has statistics for every entry, zero before any traffic', async () => {
      const { director, key } = setup;
      await director.apply([
        { type: 'addService', service: service() },
        { type: 'addServer', key, server: server(11) },
      ]);
      const [statistics] = await director.readStatistics();
      expect(statistics).toMatchObject({ key, connections: 0, bytesIn: 0, bytesOut: 0 });
      expect(statistics?.servers).toMatchObject([
        { address: '127.0.0.11', port: 8081, activeConnections: 0, inactiveConnections: 0, connections: 0 },
      ]);
    });

    it('takes timeouts', async () => {
      await setup.director.setTimeouts({ tcpSeconds: 900, tcpFinSeconds: 0, udpSeconds: 300 });
    });
  });
}
