import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isWithinLimits,
  type MaintenanceRecord,
  maintenanceRecord,
  mergeMaintenance,
  type ServerOrder,
  withOrders,
} from '../../src/core/server-orders.js';
import { maintenanceExchangeSchema } from '../../src/schemas.js';

const order: fc.Arbitrary<ServerOrder> = fc.record({
  place: fc.constantFrom(
    'tcp 10.0.0.9:80 10.0.0.11:80',
    'tcp 10.0.0.9:80 10.0.0.12:80',
    'mark 7 10.0.0.11:0',
  ),
  kind: fc.constantFrom('drain', 'disable', 'none'),
  by: fc.constantFrom('root', 'ops'),
  at: fc.constantFrom('2026-03-01T12:00:00.000Z', '2026-03-01T12:00:01.000Z'),
  reason: fc.constantFrom('', 'new disk'),
  timeoutSeconds: fc.constantFrom(undefined, 0, 60),
  version: fc.integer({ min: 1, max: 4 }),
});
const record: fc.Arbitrary<MaintenanceRecord> = fc.array(order, { maxLength: 8 }).map(maintenanceRecord);

const NEW = {
  place: 'tcp 10.0.0.9:80 10.0.0.11:80',
  kind: 'drain',
  by: 'root',
  at: '2026-02-01T00:00:00.000Z',
  reason: '',
} as const;

describe('mergeMaintenance', () => {
  it('gives the same whoever merges, in whatever order and however often', () => {
    fc.assert(
      fc.property(record, record, record, (one, two, three) => {
        const merged = mergeMaintenance(one, two);
        expect(mergeMaintenance(two, one)).toEqual(merged);
        expect(mergeMaintenance(merged, two)).toEqual(merged);
        expect(mergeMaintenance(merged, merged)).toEqual(merged);
        expect(mergeMaintenance(merged, three)).toEqual(mergeMaintenance(one, mergeMaintenance(two, three)));
      }),
    );
  });

  it('lets a later order win over everything that was known, whatever the clocks say', () => {
    fc.assert(
      fc.property(record, (known) => {
        const later = withOrders(known, [NEW]);
        const merged = mergeMaintenance(known, later);
        expect(merged).toEqual(later);
        expect(merged.find(({ place }) => place === NEW.place)).toMatchObject(NEW);
      }),
    );
  });

  it('keeps that an order was taken back, so that an older copy does not bring it again', () => {
    const drained = withOrders([], [NEW]);
    const taken = withOrders(drained, [{ ...NEW, kind: 'none' }]);
    expect(mergeMaintenance(drained, taken).map(({ kind }) => kind)).toEqual(['none']);
  });

  it('forgets the oldest of very many that were taken back, and no order in force', () => {
    const many = Array.from({ length: 1_500 }, (_, index): ServerOrder => {
      const kind = index < 100 ? 'drain' : 'none';
      return { ...NEW, place: `tcp 10.0.0.9:80 10.0.0.11:${index}`, kind, version: index + 1 };
    });
    const kept = maintenanceRecord(many);
    expect(kept.filter(({ kind }) => kind === 'drain')).toHaveLength(100);
    expect(kept).toHaveLength(1_100);
    expect(Math.max(...kept.map(({ version }) => version))).toBe(1_500);
  });
});

describe('a record of very many servers', () => {
  const places = (count: number) =>
    Array.from({ length: count }, (_, index) => `tcp 10.0.${index >> 8}.${index & 255}:80 10.9.9.9:80`);

  it('keeps everything that one request took back, and what many later ones did', () => {
    const drained = withOrders(
      [],
      places(1_500).map((place) => ({ ...NEW, place })),
    );
    let taken = withOrders(
      drained,
      places(1_500).map((place) => ({ ...NEW, place, kind: 'none' as const })),
    );
    for (const other of ['mark 1 10.0.0.1:0', 'mark 2 10.0.0.1:0'])
      taken = withOrders(taken, [{ ...NEW, place: other, kind: 'none' }]);
    // The partner still has all of them.
    expect(mergeMaintenance(taken, drained).filter(({ kind }) => kind === 'drain')).toEqual([]);
  });

  it('never grows beyond what a frame takes by what was taken back, and tells where orders would', () => {
    const reason = 'x'.repeat(500);
    const inForce = withOrders(
      [],
      places(6_000).map((place) => ({ ...NEW, place, reason })),
    );
    expect(isWithinLimits(inForce)).toBe(true);
    const both = withOrders(
      inForce,
      places(6_000).map((place) => ({ ...NEW, place: `${place}1`, kind: 'none' as const, reason })),
    );
    expect(isWithinLimits(both)).toBe(true);
    expect(both.filter(({ kind }) => kind === 'drain')).toHaveLength(6_000);
    const tooMany = places(12_000).map((place) => ({ ...NEW, place, reason }));
    expect(isWithinLimits(withOrders([], tooMany))).toBe(false);
  });
});

describe('maintenanceExchangeSchema', () => {
  const valid = { ...NEW, version: 1 };

  it('takes what a director says', () => {
    fc.assert(
      fc.property(record, (orders) => {
        const said: unknown = JSON.parse(JSON.stringify({ orders }));
        expect(maintenanceExchangeSchema.parse(said)).toEqual(said);
      }),
    );
  });

  it.each([
    { ...valid, version: 0 },
    { ...valid, version: 1.5 },
    { ...valid, kind: 'gone' },
    { ...valid, at: 'yesterday' },
    { ...valid, reason: 'two\nlines' },
    { ...valid, by: '\u001b[2J' },
    { ...valid, place: '' },
    { ...valid, timeoutSeconds: -1 },
  ])('refuses %j', (bad) => {
    expect(maintenanceExchangeSchema.safeParse({ orders: [bad] }).success).toBe(false);
  });
});
