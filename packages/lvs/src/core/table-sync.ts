import type { OperationResult, Table, TableOperation } from '@piranha/ipvs';
import { DRIFT_LINES, driftOf, leftAlone } from './table-drift.js';

/**
 * Brings the live table to the desired one through a backend that may refuse an operation or vanish. One request is
 * under way at a time; only the look at what others did is overtaken by a change, for to list thousands of entries takes longer
 * than a failed server may stay. A refused operation waits for its retry while all others are applied; after a lost backend the
 * table is read anew. Pure: the shell carries the effects out and reports back; times are monotonic milliseconds.
 */

export interface TableSyncPolicy {
  /** Wait between attempts to reach the backend, ms. */
  readonly reconnectMs: number;
  /** Wait before a refused operation is tried again, ms; doubled each time. */
  readonly retryFirstMs: number;
  readonly retryCapMs: number;
  /** After more operations than this the table is read instead of carried on by arithmetic. */
  readonly readAfterOperations: number;
  /** The table is read again this often, to see what others did to it, ms; Infinity where nobody else can. */
  readonly rereadMs: number;
  /** What is done about entries of ours that somebody else changed: put right, or only told. */
  readonly drift: 'revert' | 'report';
}

/** The table arithmetic, of @piranha/ipvs. */
export interface TableTools {
  diff(desired: Table, live: Table, owned: ReadonlySet<string>): readonly TableOperation[];
  apply(table: Table, operation: TableOperation): Table;
  text(operation: TableOperation): string;
  /** Keys of everything in a table, as the owned file has them. */
  keys(table: Table): readonly string[];
}

interface OperationFailure {
  readonly message: string;
  readonly attempts: number;
  readonly retryAtMs: number;
}

/** Parts of a state that decide what is to be done. */
type Comparison = Pick<TableSyncState, 'live' | 'desired' | 'owned' | 'drift'>;

export interface TableSyncState {
  readonly link: 'offline' | 'connecting' | 'online';
  readonly busy: 'nothing' | 'read' | 'apply';
  readonly inFlight: readonly TableOperation[];
  /** The table as believed: read, then carried on by what was applied. Undefined until it was read. */
  readonly live: Table | undefined;
  readonly desired: Table | undefined;
  readonly owned: ReadonlySet<string>;
  /** Refused operations by their text. */
  readonly failures: ReadonlyMap<string, OperationFailure>;
  /** The believed table was read just now: a refused operation may be tried again on it. */
  readonly fresh: boolean;
  /** Operations by their text that became due although neither we nor the wish changed: somebody else did it. */
  readonly drift: ReadonlySet<string>;
  readonly readAtMs: number;
  /** What was compared last and found equal, so that it is not compared again. */
  readonly compared: Comparison | undefined;
  /** The believed table is behind and must be read before it is compared. */
  readonly stale: boolean;
  /** A read that was overtaken is under way, and its answer is void; then the next one is owed, and nothing overtakes it. */
  readonly look: 'free' | 'overtaken' | 'owed';
  readonly connectAtMs: number;
  /** When and why the backend was lost; undefined while it is there. */
  readonly lost: { readonly atMs: number; readonly message: string } | undefined;
}

export type TableSyncEvent =
  | { readonly type: 'connected' }
  | { readonly type: 'lost'; readonly message: string }
  | { readonly type: 'read'; readonly table: Table }
  | { readonly type: 'applied'; readonly results: readonly OperationResult[] }
  | { readonly type: 'desire'; readonly table: Table }
  | { readonly type: 'tick' };

export type TableSyncEffect =
  | { readonly type: 'connect' }
  | { readonly type: 'read' }
  /** Write the owned keys to disk, then apply. */
  | {
      readonly type: 'apply';
      readonly operations: readonly TableOperation[];
      readonly owned: ReadonlySet<string>;
    }
  /** Everything desired is applied: the owned keys are these and no others. */
  | { readonly type: 'saveOwned'; readonly owned: ReadonlySet<string> }
  /** The live table was read for the first time since the backend was reached. */
  | { readonly type: 'loaded'; readonly table: Table; readonly afterMs: number | undefined }
  | { readonly type: 'logLost'; readonly message: string }
  | {
      readonly type: 'logFailed';
      readonly operation: TableOperation;
      readonly text: string;
      readonly message: string;
    }
  | { readonly type: 'logRecovered'; readonly text: string }
  /** Somebody else changed the table: the operations that put it right, once each, and how many more there are. */
  | {
      readonly type: 'logDrift';
      readonly texts: readonly string[];
      readonly more: number;
      readonly policy: TableSyncPolicy['drift'];
    }
  | { readonly type: 'logApplied'; readonly text: string };

interface TableSyncStep {
  readonly state: TableSyncState;
  readonly effects: readonly TableSyncEffect[];
}

/** A table that nobody has read yet; `owned` as found on disk. */
export function initialTableSync(owned: ReadonlySet<string>): TableSyncState {
  return {
    link: 'offline',
    busy: 'nothing',
    inFlight: [],
    live: undefined,
    desired: undefined,
    owned,
    failures: new Map(),
    drift: new Set(),
    readAtMs: 0,
    compared: undefined,
    fresh: false,
    stale: false,
    look: 'free',
    connectAtMs: 0,
    lost: undefined,
  };
}

/** The same set where nothing is new: to copy thousands of keys takes its time. */
function union(first: ReadonlySet<string>, second: ReadonlySet<string>): ReadonlySet<string> {
  const added = [...second].filter((key) => !first.has(key));
  return added.length === 0 ? first : new Set([...first, ...added]);
}

function sameKeys(first: ReadonlySet<string>, second: ReadonlySet<string>): boolean {
  return first.size === second.size && [...first].every((key) => second.has(key));
}

function onLost(
  policy: TableSyncPolicy,
  state: TableSyncState,
  message: string,
  nowMs: number,
): TableSyncStep {
  if (state.link === 'offline') return { state, effects: [] };
  const first = state.lost === undefined;
  const next: TableSyncState = {
    ...state,
    link: 'offline',
    busy: 'nothing',
    inFlight: [],
    live: undefined,
    look: 'free',
    failures: new Map(),
    connectAtMs: nowMs + policy.reconnectMs,
    lost: first ? { atMs: nowMs, message } : state.lost,
  };
  return { state: next, effects: first ? [{ type: 'logLost', message }] : [] };
}

function onRead(
  policy: TableSyncPolicy,
  tools: TableTools,
  state: TableSyncState,
  table: Table,
  nowMs: number,
): TableSyncStep {
  if (state.look === 'overtaken') return { state: { ...state, look: 'owed' }, effects: [] };
  const first = state.live === undefined;
  const drift = driftOf(tools, state, table);
  const next: TableSyncState = {
    ...state,
    busy: 'nothing',
    live: table,
    drift,
    readAtMs: nowMs,
    fresh: true,
    stale: false,
    look: 'free',
    lost: undefined,
  };
  const found = [...drift].filter((text) => !state.drift.has(text));
  if (!first) {
    const texts = found.slice(0, DRIFT_LINES);
    const more = found.length - texts.length;
    const told = { type: 'logDrift' as const, texts, more, policy: policy.drift };
    return { state: next, effects: found.length > 0 ? [told] : [] };
  }
  const afterMs = state.lost === undefined ? undefined : nowMs - state.lost.atMs;
  return { state: next, effects: [{ type: 'loaded', table, afterMs }] };
}

function failed(
  policy: TableSyncPolicy,
  before: OperationFailure | undefined,
  message: string,
  nowMs: number,
): OperationFailure {
  const attempts = (before?.attempts ?? 0) + 1;
  const waitMs = Math.min(policy.retryCapMs, policy.retryFirstMs * 2 ** Math.min(attempts - 1, 30));
  return { message, attempts, retryAtMs: nowMs + waitMs };
}

function onApplied(
  policy: TableSyncPolicy,
  tools: TableTools,
  state: TableSyncState,
  results: readonly OperationResult[],
  nowMs: number,
): TableSyncStep {
  const effects: TableSyncEffect[] = [];
  const failures = new Map(state.failures);
  const drift = new Set(state.drift);
  let live = state.live;
  const stale = state.inFlight.length > policy.readAfterOperations;
  state.inFlight.forEach((operation, index) => {
    const text = tools.text(operation);
    const result = results[index] ?? { ok: false, message: 'the director gave no result' };
    const before = failures.get(text);
    if (result.ok) {
      if (live && !stale) live = tools.apply(live, operation);
      if (before) effects.push({ type: 'logRecovered', text });
      failures.delete(text);
      drift.delete(text);
      effects.push({ type: 'logApplied', text });
    } else {
      const { message } = result;
      failures.set(text, failed(policy, before, message, nowMs));
      if (before?.message !== message) effects.push({ type: 'logFailed', operation, text, message });
    }
  });
  return { state: { ...state, busy: 'nothing', inFlight: [], live, stale, failures, drift }, effects };
}

/** Starts the next request when nothing is under way, or nothing that a change need wait for. */
function advance(
  policy: TableSyncPolicy,
  tools: TableTools,
  state: TableSyncState,
  nowMs: number,
): TableSyncStep {
  const nothing = { state, effects: [] };
  if (state.link === 'offline' && nowMs >= state.connectAtMs) {
    return { state: { ...state, link: 'connecting' }, effects: [{ type: 'connect' }] };
  }
  if (state.link !== 'online' || state.busy === 'apply') return nothing;
  if (state.busy === 'read') return overtake(policy, tools, state, nowMs);
  const retryDue = isRetryDue(state, nowMs);
  const rereadDue = nowMs - state.readAtMs >= policy.rereadMs;
  const mustRead = !state.live || state.stale || (retryDue && !state.fresh);
  const isVoidUnderWay = state.look === 'overtaken';
  if (mustRead || (rereadDue && !isVoidUnderWay)) {
    // Of two answers nobody could tell which one is void.
    return isVoidUnderWay ? nothing : { state: { ...state, busy: 'read' }, effects: [{ type: 'read' }] };
  }
  if (!retryDue && isCompared(state)) return nothing;
  return state.live && state.desired
    ? converge(policy, tools, state, state.live, state.desired, nowMs)
    : nothing;
}

/** A change that came while the table is only looked at does not wait for the answer, which is void then. */
function overtake(
  policy: TableSyncPolicy,
  tools: TableTools,
  state: TableSyncState,
  nowMs: number,
): TableSyncStep {
  const nothing = { state, effects: [] };
  const { live, desired, stale, look } = state;
  if (!live || !desired || stale || look !== 'free') return nothing;
  if (isRetryDue(state, nowMs) || isCompared(state)) return nothing;
  const { state: next, effects } = converge(policy, tools, state, live, desired, nowMs);
  return next.busy === 'apply' ? { state: { ...next, look: 'overtaken' }, effects } : nothing;
}

function isRetryDue({ failures }: TableSyncState, nowMs: number): boolean {
  return [...failures.values()].some(({ retryAtMs }) => nowMs >= retryAtMs);
}

function isCompared({ compared, live, desired, owned, drift }: TableSyncState): boolean {
  return (
    compared !== undefined &&
    compared.live === live &&
    compared.desired === desired &&
    compared.owned === owned &&
    compared.drift === drift
  );
}

function converge(
  policy: TableSyncPolicy,
  tools: TableTools,
  state: TableSyncState,
  live: Table,
  desired: Table,
  nowMs: number,
): TableSyncStep {
  const all = tools.diff(desired, live, state.owned);
  const texts = new Set(all.map(tools.text));
  // What the diff no longer asks for is no problem any more.
  const failures = new Map([...state.failures].filter(([text]) => texts.has(text)));
  const drift = new Set([...state.drift].filter((text) => texts.has(text)));
  const isLeft = policy.drift === 'report' ? leftAlone(tools.text, all, drift) : () => false;
  const operations = all.filter((operation) => {
    const failure = failures.get(tools.text(operation));
    return !isLeft(operation) && (failure === undefined || nowMs >= failure.retryAtMs);
  });
  const wanted = new Set(tools.keys(desired));
  if (operations.length > 0) {
    const owned = union(state.owned, wanted);
    const next: TableSyncState = {
      ...state,
      busy: 'apply',
      inFlight: operations,
      owned,
      failures,
      drift,
      fresh: false,
    };
    return { state: next, effects: [{ type: 'apply', operations, owned }] };
  }
  const isSame = all.length > 0 || sameKeys(wanted, state.owned);
  const owned = isSame ? state.owned : wanted;
  const compared = { live, desired, owned, drift };
  const next: TableSyncState = { ...state, failures, drift, owned, compared, fresh: false };
  return { state: next, effects: isSame ? [] : [{ type: 'saveOwned', owned }] };
}

function take(
  policy: TableSyncPolicy,
  tools: TableTools,
  state: TableSyncState,
  event: TableSyncEvent,
  nowMs: number,
): TableSyncStep {
  switch (event.type) {
    case 'connected':
      return { state: { ...state, link: 'online', busy: 'nothing' }, effects: [] };
    case 'lost':
      return onLost(policy, state, event.message, nowMs);
    case 'read':
      return onRead(policy, tools, state, event.table, nowMs);
    case 'applied':
      return onApplied(policy, tools, state, event.results, nowMs);
    case 'desire':
      return { state: { ...state, desired: event.table }, effects: [] };
    case 'tick':
      return { state, effects: [] };
  }
}

/** One step of the table writer. */
export function stepTableSync(
  policy: TableSyncPolicy,
  tools: TableTools,
  state: TableSyncState,
  event: TableSyncEvent,
  nowMs: number,
): TableSyncStep {
  const taken = take(policy, tools, state, event, nowMs);
  const advanced = advance(policy, tools, taken.state, nowMs);
  return { state: advanced.state, effects: [...taken.effects, ...advanced.effects] };
}
