import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAssignOrder, readBudgetOrder, readRevokeOrder } from '../../src/core/orders.js';
import { ReportFilter } from '../../src/core/report-filter.js';

const TARGET = { number: 1, id: 'web tcp 10.0.0.1:80', words: ['-h', '10.0.0.1'], state: 'up' };

describe('orders of lvsd', () => {
  it('are read as they were sent', () => {
    const order = { batch: 3, targets: [TARGET, { ...TARGET, number: 2, checks: '[]' }] };
    expect(readAssignOrder(JSON.parse(JSON.stringify(order)))).toEqual(order);
    expect(readRevokeOrder({ numbers: [1, 2] })).toEqual({ numbers: [1, 2] });
  });

  it.each([
    [undefined],
    [{ batch: 1 }],
    [{ batch: -1, targets: [] }],
    [{ batch: 1, targets: [{ ...TARGET, number: 'one' }] }],
    [{ batch: 1, targets: [{ ...TARGET, id: '' }] }],
    [{ batch: 1, targets: [{ ...TARGET, words: [1] }] }],
    [{ batch: 1, targets: [{ ...TARGET, words: '-h' }] }],
    [{ batch: 1, targets: [{ ...TARGET, state: 'good' }] }],
    [{ batch: 1, targets: [{ ...TARGET, checks: {} }] }],
    [{ batch: 1, targets: Array.from({ length: 1_001 }, () => TARGET) }],
  ])('are refused when they make no sense: %j', (data) => {
    expect(readAssignOrder(data)).toBeUndefined();
  });

  it('of a budget are a number above 0, or none for no limit', () => {
    expect(readBudgetOrder({ checksPerSecond: 0.5 })).toEqual({ checksPerSecond: 0.5 });
    expect(readBudgetOrder({})).toEqual({});
    for (const checksPerSecond of [0, -1, Number.NaN, 1e9, '5', null]) {
      expect(readBudgetOrder({ checksPerSecond })).toBeUndefined();
    }
    expect(readBudgetOrder([])).toBeUndefined();
  });

  it('never throw', () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        readAssignOrder(data);
        expect(readRevokeOrder({ numbers: [data] })).toEqual(
          Number.isSafeInteger(data) && (data as number) >= 0 ? { numbers: [data] } : undefined,
        );
      }),
    );
  });
});

describe('ReportFilter', () => {
  it('lets the first result, each other verdict, and other words every ten seconds through', () => {
    const filter = new ReportFilter();
    const good = { ok: true, up: true, reason: 'took 3 ms' };
    expect(filter.isNews(good, 0)).toBe(true);
    expect(filter.isNews(good, 1_000)).toBe(false);
    expect(filter.isNews({ ...good, reason: 'took 4 ms' }, 2_000)).toBe(false);
    expect(filter.isNews({ ...good, ok: false }, 2_100)).toBe(true);
    expect(filter.isNews({ ok: false, up: false, reason: 'took 3 ms' }, 2_200)).toBe(true);
    expect(filter.isNews({ ok: false, up: false, reason: 'refused' }, 13_000)).toBe(true);
    expect(filter.isNews({ ok: false, up: false, reason: 'refused' }, 99_000)).toBe(false);
  });
});
