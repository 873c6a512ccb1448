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
    const { state } = afterExchange(first.state, VIEW);
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

  it('is tried again half a minute after a failure, which is told once, as is its end', () => {
    const first = afterFailure(NEVER_EXCHANGED, 1_000);
    expect(first).toMatchObject({ news: true, state: { dueMs: 31_000 } });
    const second = afterFailure(first.state, 31_000);
    expect(second).toMatchObject({ news: false, state: { dueMs: 61_000 } });
    expect(afterLook(second.state, VIEW, 61_000).exchange).toBe(true);
    const over = afterExchange(second.state, VIEW);
    expect(over.news).toBe(true);
    expect(afterExchange(over.state, VIEW).news).toBe(false);
  });
});
