import type { Assignment, AssignOrder, RevokeOrder } from '@piranha/protocol';
import type { SharedBook } from './shared-book.js';

/** What a shared nanny has to know of a real service. */
export type Description = Omit<Assignment, 'id' | 'number'>;

type SharedOrder =
  | { readonly event: 'nanny.assign'; readonly data: AssignOrder }
  | { readonly event: 'nanny.revoke'; readonly data: RevokeOrder };

/**
 * The next order of a book as it is sent; undefined while there is none.
 * @param describe what is known of a real service now; asked once for each that goes with the order
 */
export function nextOrder(book: SharedBook, describe: (id: string) => Description): SharedOrder | undefined {
  const described = new Map<string, Description>();
  const order = book.next((id) => {
    const description = describe(id);
    described.set(id, description);
    return JSON.stringify(description).length + id.length;
  });
  if (order?.type === 'revoke') return { event: 'nanny.revoke', data: { numbers: order.numbers } };
  if (order === undefined) return undefined;
  const targets = order.entries.map(({ id, number }) => ({
    id,
    number,
    ...(described.get(id) ?? describe(id)),
  }));
  return { event: 'nanny.assign', data: { batch: order.batch, targets } };
}
