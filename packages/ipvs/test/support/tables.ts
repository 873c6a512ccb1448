import fc from 'fast-check';
import type { ServiceKey, Table, TableServer, TableService } from '../../src/index.js';

/** Small universes, so that two random tables share keys. */
const address = fc.integer({ min: 1, max: 4 }).map((last) => `10.0.0.${last}`);
const port = fc.constantFrom(80, 443);

const key: fc.Arbitrary<ServiceKey> = fc.oneof(
  fc.record({
    kind: fc.constant('address' as const),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const),
    address: fc.oneof(address, fc.constant('2001:db8::9')),
    port,
  }),
  fc.record({
    kind: fc.constant('mark' as const),
    mark: fc.constantFrom(1, 2, 0xffff_ffff),
    family: fc.constantFrom(4 as const, 6 as const),
  }),
);

const server: fc.Arbitrary<TableServer> = fc.record({
  address,
  port,
  forwarding: fc.constantFrom('masquerade' as const, 'direct' as const, 'tunnel' as const),
  weight: fc.integer({ min: 0, max: 3 }),
  upperThreshold: fc.constant(0),
  lowerThreshold: fc.constant(0),
});

const service: fc.Arbitrary<TableService> = fc.record({
  key,
  scheduler: fc.constantFrom('rr', 'wlc'),
  schedulerFlags: fc.constantFrom([], ['sh-port'], ['mh-fallback', 'mh-port']),
  persistentSeconds: fc.constant(300),
  persistenceMask: fc.constantFrom(undefined, '255.255.255.0'),
  onePacket: fc.boolean(),
  servers: fc.uniqueArray(server, {
    maxLength: 4,
    selector: (entry) => `${entry.address}:${entry.port}`,
  }),
});

/** Any small table. */
export const anyTable: fc.Arbitrary<Table> = fc.record({
  services: fc.uniqueArray(service, { maxLength: 5, selector: (entry) => JSON.stringify(entry.key) }),
});
