import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BookOrder, SharedBook } from '../../src/core/shared-book.js';
import { nextOrder } from '../../src/core/shared-orders.js';

function numbers(): () => number {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
}

const SMALL = () => 100;

/** A shared nanny that does as it is told. */
class Follower {
  /** Words that each number was assigned with; here the id alone. */
  readonly watched = new Map<number, string>();

  take(order: BookOrder): void {
    if (order.type === 'assign') for (const { id, number } of order.entries) this.watched.set(number, id);
    else for (const number of order.numbers) this.watched.delete(number);
  }
}

/** Sends and answers until nothing is left to say. */
function settle(book: SharedBook, follower: Follower): void {
  for (let order = book.next(SMALL); order; order = book.next(SMALL)) {
    follower.take(order);
    if (order.type === 'assign') book.answered(order.batch);
  }
}

const act = fc.record({
  type: fc.constantFrom('add', 'remove', 'renew', 'step', 'restart'),
  id: fc.nat(8).map((id) => `web${id}`),
});

describe('SharedBook', () => {
  it('has everything watched once that is wanted, and nothing else, whatever happens on the way', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
        const book = new SharedBook(numbers());
        const wanted = new Set<string>();
        let follower = new Follower();
        book.connected();
        for (const { type, id } of acts) {
          if (type === 'add') {
            if (!wanted.has(id)) book.add(id);
            wanted.add(id);
          } else if (type === 'remove') {
            book.remove(id);
            wanted.delete(id);
          } else if (type === 'renew') {
            book.renew(id);
          } else if (type === 'step') {
            const order = book.next(SMALL);
            if (order) follower.take(order);
            // An answer that comes later than the next wishes.
            if (order?.type === 'assign' && order.batch % 2 === 0) book.answered(order.batch);
          } else {
            book.disconnected();
            expect(book.next(SMALL)).toBeUndefined();
            follower = new Follower();
            book.connected();
          }
        }
        for (let batch = 0; batch <= acts.length; batch++) book.answered(batch);
        settle(book, follower);
        expect([...follower.watched.values()].sort()).toEqual([...wanted].sort());
        for (const [number, id] of follower.watched) expect(book.idOf(number)).toBe(id);
        expect(book.size).toBe(wanted.size);
      }),
    );
  });

  it('waits for the answer to a batch, and cuts batches by number and by length', () => {
    const book = new SharedBook(numbers());
    for (let index = 0; index < 450; index++) book.add(`web${index}`);
    book.connected();
    const first = book.next(SMALL);
    expect(first).toMatchObject({ type: 'assign', batch: 1 });
    expect(first?.type === 'assign' && first.entries).toHaveLength(200);
    expect(book.next(SMALL)).toBeUndefined();
    expect(book.answered(7)).toBeUndefined();
    expect(book.answered(1)).toHaveLength(200);
    const second = book.next(() => 400_000);
    expect(second?.type === 'assign' && second.entries).toHaveLength(1);
  });

  it('assigns anew before it takes back, and believes the old number no more', () => {
    const book = new SharedBook(numbers());
    book.add('web');
    book.connected();
    book.next(SMALL);
    book.answered(1);
    expect(book.idOf(1)).toBe('web');
    book.renew('web');
    expect(book.idOf(1)).toBeUndefined();
    expect(book.next(SMALL)).toEqual({ type: 'assign', batch: 2, entries: [{ id: 'web', number: 2 }] });
    book.answered(2);
    expect(book.next(SMALL)).toEqual({ type: 'revoke', numbers: [1] });
    expect(book.next(SMALL)).toBeUndefined();
  });

  it('does not tell of one that was taken back while its batch was on the way', () => {
    const book = new SharedBook(numbers());
    book.add('web');
    book.add('dns');
    book.connected();
    book.next(SMALL);
    book.remove('web');
    expect(book.answered(1)).toEqual([{ id: 'dns', number: 2 }]);
  });
});

describe('nextOrder', () => {
  it('describes each real service once, and sends what it described', () => {
    const book = new SharedBook(numbers());
    book.connected();
    for (const id of ['a', 'b', 'c']) book.add(id);
    const asked: string[] = [];
    const describe = (id: string) => {
      asked.push(id);
      return { words: [id], state: 'up' as const };
    };
    expect(nextOrder(book, describe)).toEqual({
      event: 'nanny.assign',
      data: {
        batch: 1,
        targets: ['a', 'b', 'c'].map((id, index) => ({ id, number: index + 1, words: [id], state: 'up' })),
      },
    });
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(nextOrder(book, describe)).toBeUndefined();
    book.answered(1);
    book.remove('b');
    expect(nextOrder(book, describe)).toEqual({ event: 'nanny.revoke', data: { numbers: [2] } });
    expect(asked).toHaveLength(3);
  });
});
