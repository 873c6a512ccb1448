import { serviceKeyText, type Table, type TableOperation } from '@piranha/ipvs';
import type { TableSyncState, TableTools } from './table-sync.js';

/** Drift: what somebody else did to our entries, seen as the operations that put it right. */

/** Most operations of one drift that are told one by one: `ipvsadm -C` makes thousands. */
export const DRIFT_LINES = 20;

/**
 * What has to be done on the table as read, but not on the table as believed, as operation texts. Where nothing was
 * believed, or the belief lags behind, only what was known already is found again.
 */
export function driftOf(tools: TableTools, state: TableSyncState, table: Table): ReadonlySet<string> {
  const { live, desired, owned, drift, failures } = state;
  if (desired === undefined) return drift;
  const found = tools.diff(desired, table, owned).map(tools.text);
  if (live === undefined || state.stale) return new Set(found.filter((text) => drift.has(text)));
  const fresh = found.filter((text) => !drift.has(text) && !failures.has(text));
  // The common case, that nothing was changed, costs one comparison.
  const due = new Set(fresh.length > 0 ? tools.diff(desired, live, owned).map(tools.text) : []);
  return new Set(found.filter((text) => drift.has(text) || (!due.has(text) && !failures.has(text))));
}

/** Which operations a report leaves alone: the drift, and what concerns a service that somebody else took away. */
export function leftAlone(
  text: TableTools['text'],
  operations: readonly TableOperation[],
  drift: ReadonlySet<string>,
): (operation: TableOperation) => boolean {
  const gone = new Set(
    operations.flatMap((operation) =>
      operation.type === 'addService' && drift.has(text(operation))
        ? [serviceKeyText(operation.service.key)]
        : [],
    ),
  );
  return (operation) =>
    drift.has(text(operation)) || ('key' in operation && gone.has(serviceKeyText(operation.key)));
}
