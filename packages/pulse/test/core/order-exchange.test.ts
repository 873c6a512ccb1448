import { describe, expect, it } from 'vitest';
import {
  afterExchange,
  afterFailure,
  afterLook,
  NEVER_EXCHANGED,
  postponed,
} from '../../src/core/order-exchange.js';

const VIEW = { orders: '{"orders":[]}', life: 'a' };

describe('the exchange of orders with the partner', () => {
  it('is made once, and again for another order and another life of the partner', () => {
    const first = afterLook(NEVER_EXCHANGED, VIEW, 0);
    expect(first.exchange).toBe(true);
    const { state } = afterExchange(first.state, VIEW, 0);
    expect(afterLook(state, VIEW, 2_000).exchange).toBe(false);
    expect(afterLook(state, { ...VIEW, orders: '{"orders":[1]}' }, 2_000).exchange).toBe(true);
    expect(afterLook(state, { ...VIEW, life: 'b' }, 2_000).exchange).toBe(true);
  });

  it('looks each two seconds, at many orders seldomer', () => {
    expect(Math.round(afterLook(NEVER_EXCHANGED, VIEW, 100).state.dueMs)).toBe(2_100);
    const many = { ...VIEW, orders: 'x'.repeat(4_000_000) };
    expect(afterLook(NEVER_EXCHANGED, many, 100).state.dueMs).toBe(42_100);
    expect(postponed(NEVER_EXCHANGED, 100).dueMs).toBe(2_100);
  });

  it('is tried again after a pause that doubles up to half a minute; the failure is told once, as is its end', () => {
    const first = afterFailure(NEVER_EXCHANGED, 1_000);
    expect(first).toMatchObject({ news: true, state: { dueMs: 3_000 } });
    const second = afterFailure(first.state, 3_000);
    expect(second).toMatchObject({ news: false, state: { dueMs: 7_000 } });
    expect(afterLook(second.state, VIEW, 7_000).exchange).toBe(true);
    const pauses = [1, 2, 3, 4, 5].map(
      (failures) => afterFailure({ ...second.state, failures }, 0).state.dueMs,
    );
    expect(pauses).toEqual([4_000, 8_000, 16_000, 30_000, 30_000]);
    const over = afterExchange(second.state, VIEW, 7_000);
    expect(over.news).toBe(true);
    expect(afterExchange(over.state, VIEW, 7_000).news).toBe(false);
    expect(afterFailure(over.state, 9_000)).toMatchObject({ news: true, state: { dueMs: 11_000 } });
  });

  it('no longer waits when the partner itself has come for the orders', () => {
    const failed = afterFailure({ ...NEVER_EXCHANGED, failures: 9 }, 0);
    expect(failed.state.dueMs).toBe(30_000);
    const { state } = afterExchange(failed.state, VIEW, 1_000);
    expect(Math.round(state.dueMs)).toBe(3_000);
    expect(afterLook(state, { ...VIEW, orders: '{"orders":[1]}' }, 3_000).exchange).toBe(true);
  });
});
