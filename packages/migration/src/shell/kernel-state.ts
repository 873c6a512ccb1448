import { UserError } from '@piranha/common';
import {
  diffTables,
  type KernelDirector,
  operationText,
  parseSaveText,
  type SyncDaemonControl,
  saveLines,
} from '@piranha/ipvs';
import { RouteNetlink } from '@piranha/net';
import type { AddressMove } from '../core/address-moves.js';
import type { AdoptionRecord, FoundAddress } from '../core/adoption-record.js';

/** What of the kernel belongs to a service: table, timeouts and connection synchronisation. */
export type ForwardingState = Pick<AdoptionRecord, 'table' | 'timeouts' | 'sync'>;

/** Reads it. @throws UserError as KernelDirector and SyncDaemonControl */
export async function readForwarding(
  kernel: KernelDirector,
  daemons: SyncDaemonControl,
): Promise<ForwardingState> {
  const table = saveLines(await kernel.readTable()).join('\n');
  return { table, timeouts: await kernel.readTimeouts(), sync: await daemons.state() };
}

/**
 * Makes it so again, without touching what is equal. Entries that are in `owned` and were not there then are removed.
 * @returns what could not be done, one sentence each
 */
export async function restoreForwarding(
  kernel: KernelDirector,
  daemons: SyncDaemonControl,
  wanted: ForwardingState,
  owned: ReadonlySet<string>,
): Promise<readonly string[]> {
  const { table } = parseSaveText(wanted.table);
  const operations = diffTables(table, await kernel.readTable(), owned);
  const results = await kernel.apply(operations);
  await kernel.setTimeouts(wanted.timeouts);
  for (const side of ['master', 'backup'] as const) {
    const then = wanted.sync[side];
    if (then === undefined) await daemons.stop(side);
    else await daemons.start(side, then.interface, then.syncId, then.maxLength);
  }
  return results.flatMap((result, index) => {
    const operation = operations[index];
    return result.ok || operation === undefined ? [] : [`${operationText(operation)}: ${result.message}`];
  });
}

/**
 * Carries address changes out in their order.
 * @throws UserError `ADOPT_ADDRESSES` at the first that the kernel refuses
 */
export function moveAddresses(moves: readonly AddressMove[]): void {
  if (moves.length === 0) return;
  const route = new RouteNetlink();
  try {
    const indexes = new Map(route.links().map(({ name, index }) => [name, index]));
    const changes = moves.map(({ type, address }) => ({ type, address: specOf(address, indexes) }));
    const failed = route.change(changes).find(({ outcome }) => outcome === 'failed');
    if (failed?.outcome === 'failed') {
      throw new UserError(failed.error.message, {
        code: 'ADOPT_ADDRESSES',
        hint: 'ip addr shows what is there now',
      });
    }
  } finally {
    route.close();
  }
}

function specOf(address: FoundAddress, indexes: ReadonlyMap<string, number>) {
  return {
    ifindex: indexes.get(address.interface) ?? 0,
    address: address.address,
    prefixLength: address.prefixLength,
    label: address.label,
    broadcast: address.broadcast,
  };
}
