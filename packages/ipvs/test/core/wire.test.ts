import { UserError } from '@piranha/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSaveText } from '../../src/core/save-reader.js';
import { readOperations, readTableValue, readTimeouts } from '../../src/core/wire.js';
import { readResults, readStatisticsValue } from '../../src/core/wire-answers.js';

const key = fc.oneof(
  fc.record({
    kind: fc.constant('address'),
    protocol: fc.constantFrom('tcp', 'udp', 'sctp'),
    address: fc.ipV4(),
    port: fc.integer({ min: 0, max: 65_535 }),
  }),
  fc.record({
    kind: fc.constant('mark'),
    mark: fc.integer({ min: 1, max: 0xffff_ffff }),
    family: fc.constantFrom(4, 6),
  }),
);
const server = fc.record({
  address: fc.ipV4(),
  port: fc.integer({ min: 0, max: 65_535 }),
  forwarding: fc.constantFrom('masquerade', 'direct', 'tunnel'),
  weight: fc.nat(),
  upperThreshold: fc.nat(),
  lowerThreshold: fc.nat(),
});
const service = fc.record({
  key,
  scheduler: fc.constantFrom('rr', 'mh'),
  schedulerFlags: fc.array(fc.constantFrom('sh-port', 'sh-fallback')),
  persistentSeconds: fc.nat({ max: 2_678_400 }),
  persistenceMask: fc.constantFrom(undefined, '255.255.255.0'),
  onePacket: fc.boolean(),
});
const operation = fc.oneof(
  fc.record({ type: fc.constantFrom('addService', 'editService'), service }),
  fc.record({ type: fc.constantFrom('addServer', 'editServer'), key, server }),
  fc.record({ type: fc.constant('deleteService'), key }),
  fc.record({ type: fc.constant('deleteServer'), key, address: fc.ipV4(), port: fc.nat({ max: 65_535 }) }),
);

function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('wire values', () => {
  it('operations and tables arrive as they were sent', () => {
    fc.assert(
      fc.property(fc.array(operation), (operations) => {
        expect(readOperations(overTheWire({ operations }))).toEqual(operations);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(service, fc.array(server))), (list) => {
        const table = { services: list.map(([settings, servers]) => ({ ...settings, servers })) };
        expect(readTableValue(overTheWire(table))).toEqual(table);
      }),
    );
  });

  it('of any other shape are refused with a code, never with a crash', () => {
    const readers = [
      readOperations,
      readTableValue,
      readTimeouts,
      readStatisticsValue,
      (value: unknown) => readResults(value, 1),
    ];
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue()), fc.constantFrom(...readers), (value, read) => {
        try {
          read(value);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as UserError).code).toBe('CONTROL_BAD_PARAMS');
        }
      }),
    );
  });

  it('carry what is never ours along', () => {
    const { table } = parseSaveText(
      '-A -u 10.0.0.9:5060 -s rr -p 60 --pe sip\n-a -u 10.0.0.9:5060 -r 10.0.0.11:5060 -i -w 1 --tun-type gre --tun-csum\n',
    );
    expect(readTableValue(JSON.parse(JSON.stringify(table)))).toEqual(table);
    expect(table.services[0]).toMatchObject({
      otherWords: '--pe sip',
      servers: [{ otherTunnel: '--tun-type gre --tun-csum' }],
    });
  });

  it('answers must be one for each operation', () => {
    expect(readResults([{ ok: true }, { ok: false, message: 'no' }], 2)).toEqual([
      { ok: true },
      { ok: false, message: 'no' },
    ]);
    expect(() => readResults([{ ok: true }], 2)).toThrow('results.length');
  });

  it('names the path of the wrong value', () => {
    expect(() => readTimeouts({ tcpSeconds: 1, tcpFinSeconds: 1.5, udpSeconds: 1 })).toThrow(
      'timeouts.tcpFinSeconds: integer',
    );
  });
});
