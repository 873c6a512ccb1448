import type { ServerOrder } from '@piranha/protocol';
import { describe, expect, it } from 'vitest';
import { overruledOrders } from '../../src/core/overruled-orders.js';

const own: ServerOrder = {
  place: 'tcp 10.0.0.9:80 10.0.0.11:80',
  kind: 'drain',
  by: 'root',
  at: '2026-03-01T12:00:00.000Z',
  reason: '',
  version: 3,
};

describe('overruledOrders', () => {
  it('names an own order in force that an older one of the partner ends', () => {
    const older: ServerOrder = { ...own, kind: 'none', at: '2026-03-01T11:00:00.000Z', version: 4 };
    expect(overruledOrders([own], [older])).toEqual([{ own, now: older }]);
    expect(overruledOrders([own], [{ ...older, at: '2026-03-01T13:00:00.000Z' }])).toEqual([]);
    expect(overruledOrders([own], [own])).toEqual([]);
    expect(overruledOrders([{ ...own, kind: 'none' }], [{ ...older, kind: 'drain' }])).toEqual([]);
  });
});
