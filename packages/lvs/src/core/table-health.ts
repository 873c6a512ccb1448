import { DRIFT_LINES } from './table-drift.js';
import type { TableSyncState } from './table-sync.js';

/** True when the table is as desired as far as is known: backend there, nothing refused, nothing changed by others. */
export function isTableInSync(state: TableSyncState): boolean {
  const { link, live, failures, drift } = state;
  return link === 'online' && live !== undefined && failures.size === 0 && drift.size === 0;
}

/** True when nothing is under way or due, for the first `ready` and for a clean stop. */
export function isTableSettled(state: TableSyncState): boolean {
  return state.link === 'online' && state.live !== undefined && state.busy === 'nothing';
}

/** Why the table is not in sync, one line each. */
export function tableProblems(state: TableSyncState): string[] {
  if (state.lost) return [`director lost: ${state.lost.message}`];
  if (!state.live) return ['table not read yet'];
  const refused = [...state.failures].map(([text, { message }]) => `${text}: ${message}`);
  const drifted = [...state.drift].filter((text) => !state.failures.has(text));
  const told = drifted.slice(0, DRIFT_LINES).map((text) => `changed by somebody else: ${text} puts it right`);
  const more = drifted.length - told.length;
  return [...refused, ...told, ...(more > 0 ? [`changed by somebody else: ${more} more operations`] : [])];
}
