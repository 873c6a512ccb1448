import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tryOperation } from '../../src/core/apply.js';
import { sortTable } from '../../src/core/order.js';
import {
  applyOperation,
  diffTables,
  operationText,
  ownedKeys,
  parseSaveText,
  serviceKeyText,
  type Table,
} from '../../src/index.js';
import { anyTable } from '../support/tables.js';

const SERVER = {
  port: 80,
  forwarding: 'direct',
  upperThreshold: 0,
  lowerThreshold: 0,
} as const;

const SERVICE = {
  key: { kind: 'address', protocol: 'tcp', address: '10.0.0.9', port: 80 },
  scheduler: 'rr',
  schedulerFlags: [],
  persistentSeconds: 0,
  persistenceMask: undefined,
  onePacket: false,
} as const;

function applied(desired: Table, live: Table, owned: ReadonlySet<string>): Table {
  return diffTables(desired, live, owned).reduce(applyOperation, live);
}

describe('the table differ', () => {
  it('reaches the desired table when all is ours, and then finds nothing more', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (desired, live) => {
        const owned = new Set(ownedKeys(live));
        const result = applied(desired, live, owned);
        expect(sortTable(result)).toEqual(sortTable(desired));
        expect(diffTables(desired, result, owned)).toEqual([]);
      }),
    );
  });

  it('finds the same between two states of one long list as without their common ends', () => {
    const weights = fc.array(fc.option(fc.integer({ min: 0, max: 2 })), { minLength: 12, maxLength: 12 });
    const tableOf = (list: readonly (number | null)[]): Table => {
      const all = list.map((weight, index) => ({
        ...SERVER,
        address: `10.0.1.${index}`,
        weight: weight ?? -1,
      }));
      return { services: [{ ...SERVICE, servers: all.filter(({ weight }) => weight >= 0) }] };
    };
    fc.assert(
      fc.property(weights, weights, (before, after) => {
        const wanted = before.flatMap((weight, index) => {
          const place = `10.0.1.${index}:80`;
          const next = after[index] ?? null;
          if (weight === next) return [];
          if (next === null) return [`-d -t 10.0.0.9:80 -r ${place}`];
          return [`${weight === null ? '-a' : '-e'} -t 10.0.0.9:80 -r ${place} -g -w ${next}`];
        });
        const live = tableOf(before);
        const operations = diffTables(tableOf(after), live, new Set(ownedKeys(live))).map(operationText);
        expect(operations.toSorted()).toEqual(wanted.toSorted());
      }),
    );
  });

  it('never plans an operation that the kernel would refuse', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (desired, live) => {
        let table = live;
        for (const operation of diffTables(desired, live, new Set(ownedKeys(live)))) {
          const result = tryOperation(table, operation);
          expect(result.ok).toBe(true);
          if (result.ok) table = result.table;
        }
      }),
    );
  });

  it('leaves foreign entries untouched', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (desired, live) => {
        const wanted = new Set(ownedKeys(desired));
        const result = new Set(ownedKeys(applied(desired, live, new Set())));
        for (const key of ownedKeys(live)) expect(result.has(key)).toBe(true);
        for (const key of wanted) expect(result.has(key)).toBe(true);
        const foreign = diffTables(desired, live, new Set()).filter(({ type }) => type.startsWith('delete'));
        expect(foreign).toEqual([]);
      }),
    );
  });

  it('adds and edits before it removes', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (desired, live) => {
        const operations = diffTables(desired, live, new Set(ownedKeys(live)));
        const perService = new Map<string, string[]>();
        for (const operation of operations) {
          const key = 'key' in operation ? operation.key : operation.service.key;
          const list = perService.get(serviceKeyText(key)) ?? [];
          list.push(operation.type);
          perService.set(serviceKeyText(key), list);
        }
        for (const types of perService.values()) {
          const firstDelete = types.findIndex((type) => type.startsWith('delete'));
          if (firstDelete >= 0)
            expect(types.slice(firstDelete).every((type) => type.startsWith('delete'))).toBe(true);
        }
        const lastAddService = operations.findLastIndex(({ type }) => type === 'addService');
        const firstDeleteService = operations.findIndex(({ type }) => type === 'deleteService');
        if (firstDeleteService >= 0) expect(lastAddService).toBeLessThan(firstDeleteService);
      }),
    );
  });

  it('touches one entry for one change', () => {
    const server = {
      address: '10.0.0.11',
      port: 80,
      forwarding: 'masquerade' as const,
      weight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
    };
    const table = (weight: number): Table => ({
      services: Array.from({ length: 100 }, (_, index) => ({
        key: { kind: 'address', protocol: 'tcp', address: '10.0.1.1', port: index + 1 },
        scheduler: 'wlc',
        schedulerFlags: [],
        persistentSeconds: 0,
        persistenceMask: undefined,
        onePacket: false,
        servers: [{ ...server, weight: index === 7 ? weight : 1 }],
      })),
    });
    expect(diffTables(table(5), table(1), new Set())).toHaveLength(1);
  });

  it('puts a tunnel of another type right where the entry is ours, and leaves it where it is not', () => {
    const { table: live } = parseSaveText(
      '-A -t 10.0.0.9:80 -s rr -p 60 --pe sip\n-a -t 10.0.0.9:80 -r 10.0.0.11:80 -i -w 1 --tun-type gre --tun-csum\n',
    );
    const { table: desired } = parseSaveText(
      '-A -t 10.0.0.9:80 -s rr -p 60\n-a -t 10.0.0.9:80 -r 10.0.0.11:80 -i -w 1 --tun-type ipip\n',
    );
    expect(diffTables(desired, live, new Set()).map(operationText)).toEqual([
      '-E -t 10.0.0.9:80 -s rr -p 60',
      '-e -t 10.0.0.9:80 -r 10.0.0.11:80 -i -w 1 --tun-type ipip',
    ]);
    expect(diffTables({ services: [] }, live, new Set())).toEqual([]);
  });
});
