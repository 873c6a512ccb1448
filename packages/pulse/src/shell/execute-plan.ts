import type { HeldAddress } from '@piranha/addresses';
import type { AddressChange, ChangeResult, RouteNetlink } from '@piranha/net';
import { type AddressOperation, heldAddress, isSameHeld } from '../core/address-plan.js';

/** An operation and what became of it. */
export interface ExecutedOperation {
  readonly operation: AddressOperation;
  readonly result: ChangeResult;
}

/**
 * Makes a plan's changes, all additions in one call and then all removals. An address that could not be added at its new
 * place is not removed from its old one.
 */
export function executeOperations(
  route: Pick<RouteNetlink, 'change'>,
  operations: readonly AddressOperation[],
): readonly ExecutedOperation[] {
  const added = execute(
    route,
    operations.filter(({ type }) => type === 'add'),
  );
  const missing = added.filter(hasFailed).map(({ operation }) => operation.address.address);
  const removed = execute(
    route,
    operations.filter(({ type, address }) => type === 'remove' && !missing.includes(address.address)),
  );
  return [...added, ...removed];
}

/** True where the kernel refused. */
export function hasFailed({ result }: ExecutedOperation): boolean {
  return result.outcome === 'failed';
}

/** The record after the operations: without what was removed, and without what turned out not to be ours. */
export function recordAfter(
  recordBefore: readonly HeldAddress[],
  executed: readonly ExecutedOperation[],
): readonly HeldAddress[] {
  const gone = executed.flatMap(({ operation, result }) => {
    if (operation.type === 'remove') return result.outcome === 'failed' ? [] : [operation.address];
    // Refused, or somebody else added it since we looked: then it is theirs.
    return result.outcome === 'done' ? [] : [heldAddress(operation.address)];
  });
  return recordBefore.filter((entry) => !gone.some((other) => isSameHeld(entry, other)));
}

function execute(
  route: Pick<RouteNetlink, 'change'>,
  operations: readonly AddressOperation[],
): readonly ExecutedOperation[] {
  if (operations.length === 0) return [];
  const results = route.change(operations.map(changeOf));
  return operations.flatMap((operation, index) => {
    const result = results[index];
    return result === undefined ? [] : [{ operation, result }];
  });
}

function changeOf({ type, ifindex, address }: AddressOperation): AddressChange {
  return { type, address: { ...address, ifindex } };
}
