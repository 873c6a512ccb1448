import type { LvsdAlive, ReadinessStatus, WitnessStatus } from '@piranha/protocol';
import type { BeatReadiness } from '@piranha/protocol/beat';
import { isHolding } from './duties.js';
import { SYNC_REFRESH_SECONDS } from './sysctl-plan.js';
import type { PulseState } from './types.js';

/**
 * Whether this node would take over well, and what it says of that to its partner. A standby that is not ready takes
 * over from a dead partner all the same: serving badly beats nobody serving.
 */

/** Who listened for so long knows every connection that had a packet meanwhile, and its repetition. */
const SYNC_LONG_ENOUGH_SECONDS = 2 * SYNC_REFRESH_SECONDS;

/** What is known of this node. */
export interface ReadinessFacts {
  readonly state: Pick<PulseState, 'duty' | 'failure' | 'maintenance'>;
  /** `standby = cold`: lvsd runs on the active director alone. */
  readonly isCold: boolean;
  /** What lvsd said last; undefined while it is not connected. */
  readonly lvsd: Omit<LvsdAlive, 'pid'> | undefined;
  /** Processes beside lvsd that addresses need and that do not run. */
  readonly missing: readonly string[];
  /** Present where the partner's connections are learned. */
  readonly sync: { readonly seconds: number | undefined } | undefined;
  readonly witness: Pick<WitnessStatus, 'policy' | 'isEnough' | 'text'> | undefined;
}

/** One reason; `code` stays while its figures change. */
interface Gap {
  readonly code: string;
  readonly text: string;
}

/** What this node says of itself to the partner in a beat: `readiness` and `failure`. With 4-byte words there is none. */
export interface NodeView {
  readonly readiness: BeatReadiness;
  /** Why it cannot serve; undefined where it can. */
  readonly failure?: string | undefined;
  /** True where its guardian says so in the stead of a pulse that is down. */
  readonly standIn?: boolean | undefined;
}

/** Why this node would not take over well; none: it is ready. */
export function readinessGaps(facts: ReadinessFacts): readonly Gap[] {
  const { state, missing, witness } = facts;
  const gaps: Gap[] = [];
  const add = (code: string, text: string): void => void gaps.push({ code, text });
  if (state.maintenance !== undefined) add('maintenance', 'maintenance standby');
  if (state.failure !== undefined) add('failure', state.failure);
  for (const name of missing) add(`missing ${name}`, `${name} does not run`);
  gaps.push(...tableGaps(facts), ...syncGaps(facts));
  if (witness?.policy === 'require' && !witness.isEnough) add('witness', witness.text);
  return gaps;
}

function tableGaps({ state, isCold, lvsd }: ReadinessFacts): Gap[] {
  if (isCold && !isHolding(state)) return [];
  if (lvsd === undefined) return [{ code: 'lvsd', text: 'lvsd is not reached' }];
  const { ready, tableInSync, serversUp, serversTotal } = lvsd;
  if (!tableInSync) return [{ code: 'table', text: 'the table is not in sync' }];
  if (!ready) return [{ code: 'verdicts', text: 'not every server has its first verdict' }];
  const isDark = serversTotal > 0 && serversUp === 0;
  return isDark ? [{ code: 'servers', text: `no server is up (0 of ${serversTotal})` }] : [];
}

function syncGaps({ state, sync }: ReadinessFacts): Gap[] {
  if (sync === undefined || isHolding(state)) return [];
  const { seconds } = sync;
  if (seconds === undefined) return [{ code: 'sync', text: "the partner's connections are not learned" }];
  if (seconds >= SYNC_LONG_ENOUGH_SECONDS) return [];
  const text = `the partner's connections are learned for only ${seconds} s of ${SYNC_LONG_ENOUGH_SECONDS} s`;
  return [{ code: 'sync', text }];
}

/** The same for status. */
export function readinessStatus(facts: ReadinessFacts): ReadinessStatus {
  const reasons = readinessGaps(facts).map(({ text }) => text);
  const { tableLoaded, firstVerdicts, serversUp, serversTotal } = readinessOf(facts);
  return { ready: reasons.length === 0, reasons, tableLoaded, firstVerdicts, serversUp, serversTotal };
}

function readinessOf({ lvsd }: ReadinessFacts): BeatReadiness {
  return {
    tableLoaded: lvsd?.tableInSync ?? false,
    firstVerdicts: lvsd?.ready ?? false,
    serversUp: lvsd?.serversUp ?? 0,
    serversTotal: lvsd?.serversTotal ?? 0,
  };
}

/** Gaps that a beat says with figures. */
const HAVE_FIGURES: ReadonlySet<string> = new Set(['lvsd', 'table', 'verdicts', 'servers', 'sync']);

/** For how long this node has listened to the partner's connections; nothing where it learns none. */
function listened({ sync }: ReadinessFacts): Pick<BeatReadiness, 'listenedPercent' | 'listenedSeconds'> {
  if (sync === undefined) return {};
  const { seconds: listenedSeconds = 0 } = sync;
  const listenedPercent = Math.min(100, Math.floor((listenedSeconds / SYNC_LONG_ENOUGH_SECONDS) * 100));
  return { listenedPercent, listenedSeconds };
}

/** What the partner is to know of this node: all that has no figure of its own is a failure. */
export function ownView(facts: ReadinessFacts): NodeView {
  const other = readinessGaps(facts).filter(({ code }) => !HAVE_FIGURES.has(code));
  const readiness = { ...readinessOf(facts), ...listened(facts) };
  return other.length === 0
    ? { readiness }
    : { readiness, failure: other.map(({ text }) => text).join('; ') };
}

/** How much of the time after which a connection in use is told again a standby has listened. */
export function listenedText({ listenedPercent = 0 }: Pick<BeatReadiness, 'listenedPercent'>): string {
  return `only ${listenedPercent} % of ${SYNC_LONG_ENOUGH_SECONDS} s`;
}

/**
 * Why a director would not take over well, by what its beats say of it; undefined where it would. For the own one too: who
 * waits for whom is to be the same everywhere.
 */
export function viewGap({ readiness, failure, standIn }: NodeView): string | undefined {
  const { tableLoaded, firstVerdicts, listenedPercent = 100, serversUp, serversTotal } = readiness;
  if (standIn === true) return 'its pulse is down, its guardian beats for it';
  if (failure !== undefined) return failure || 'it has a failure';
  if (!tableLoaded) return 'its table is not loaded';
  if (!firstVerdicts) return 'not every server has its first verdict';
  if (listenedPercent < 100) return `it has listened to the connections for ${listenedText(readiness)}`;
  return serversTotal > 0 && serversUp === 0 ? `no server is up (0 of ${serversTotal})` : undefined;
}

/** What the log knows of the readiness. */
export interface ReadinessNews {
  /** The reasons that were told last, by their codes; undefined before the first. */
  readonly told: string | undefined;
  readonly pending: { readonly codes: string; readonly sinceMs: number } | undefined;
}

/** So long a change has to last before it is told, ms. */
const STEADY_MS = 1_000;

/** One look at the readiness. `changed`: it is to be told now, with these reasons. */
export function stepReadinessNews(
  news: ReadinessNews,
  gaps: readonly Gap[],
  nowMs: number,
): { readonly news: ReadinessNews; readonly changed: boolean } {
  const codes = gaps.map(({ code }) => code).join(' ');
  if (codes === news.told) return { news: { ...news, pending: undefined }, changed: false };
  if (news.pending?.codes !== codes) {
    return { news: { ...news, pending: { codes, sinceMs: nowMs } }, changed: false };
  }
  if (nowMs - news.pending.sinceMs < STEADY_MS) return { news, changed: false };
  return { news: { told: codes, pending: undefined }, changed: true };
}
