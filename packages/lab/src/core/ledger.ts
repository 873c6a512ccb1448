/** Book of requests through the VIP: what was begun when, and how it ended. Times are monotonic milliseconds. */

export type RequestOutcome =
  | { readonly type: 'completed'; readonly server: string }
  /** The connection was refused before any byte. */
  | { readonly type: 'refused' }
  /** Reset, closed early, or no answer in time. */
  | { readonly type: 'broken'; readonly reason: string };

export interface LedgerEntry {
  readonly begunMs: number;
  readonly endedMs: number;
  readonly outcome: RequestOutcome;
}

/** A SIGKILL of a server or a director: what was in flight at that moment is cut, not failed. */
export interface KillMark {
  /** When the signal was sent. */
  readonly atMs: number;
  /** When the processes were seen gone: until then a request may still have reached them. */
  readonly goneMs: number;
  /** A director's kill opens a gap that lasts until the first request begun after it completes. */
  readonly opensGap: boolean;
}

export interface LedgerSummary {
  readonly requests: number;
  readonly completed: number;
  /** Begun outside a failover gap, not in flight at a kill, and not completed. */
  readonly failed: number;
  /** In flight at a kill and not completed. */
  readonly cut: number;
  /** Begun within a failover gap and not completed. */
  readonly inGap: number;
}

function isCompleted({ outcome }: LedgerEntry): boolean {
  return outcome.type === 'completed';
}

/**
 * The gap after a kill, ms: from the kill to the end of the first completed request that was begun after it.
 * Undefined while there is none.
 */
export function gapAfterMs(entries: readonly LedgerEntry[], killMs: number): number | undefined {
  const ends = entries
    .filter((entry) => isCompleted(entry) && entry.begunMs >= killMs)
    .map(({ endedMs }) => endedMs);
  return ends.length === 0 ? undefined : Math.min(...ends) - killMs;
}

/** The longest time between two completions within [fromMs, toMs], the window's edges counting as completions. */
export function longestPauseMs(entries: readonly LedgerEntry[], fromMs: number, toMs: number): number {
  const ends = entries
    .filter((entry) => isCompleted(entry) && entry.endedMs > fromMs && entry.endedMs < toMs)
    .map(({ endedMs }) => endedMs)
    .sort((one, other) => one - other);
  let longest = 0;
  let last = fromMs;
  for (const end of [...ends, toMs]) {
    longest = Math.max(longest, end - last);
    last = end;
  }
  return longest;
}

type Standing = 'completed' | 'failed' | 'cut' | 'inGap';

function standingOf(entry: LedgerEntry, kills: readonly (KillMark & { gapMs: number })[]): Standing {
  if (isCompleted(entry)) return 'completed';
  if (kills.some(({ atMs, goneMs }) => entry.begunMs < goneMs && entry.endedMs >= atMs)) return 'cut';
  const inGap = kills.some(({ atMs, gapMs }) => entry.begunMs >= atMs && entry.begunMs <= atMs + gapMs);
  return inGap ? 'inGap' : 'failed';
}

function withGaps(
  entries: readonly LedgerEntry[],
  kills: readonly KillMark[],
): (KillMark & { gapMs: number })[] {
  return kills.map((kill) => ({
    ...kill,
    gapMs: kill.opensGap ? (gapAfterMs(entries, kill.atMs) ?? Infinity) : -1,
  }));
}

/** Counts every request once. A gap that never closed lasts for ever. */
export function summarise(entries: readonly LedgerEntry[], kills: readonly KillMark[]): LedgerSummary {
  const marked = withGaps(entries, kills);
  const counts: Record<Standing, number> = { completed: 0, failed: 0, cut: 0, inGap: 0 };
  for (const entry of entries) counts[standingOf(entry, marked)] += 1;
  return { requests: entries.length, ...counts };
}

/** The requests that count as failed, for the report. */
export function failuresOf(
  entries: readonly LedgerEntry[],
  kills: readonly KillMark[],
): readonly LedgerEntry[] {
  const marked = withGaps(entries, kills);
  return entries.filter((entry) => standingOf(entry, marked) === 'failed');
}
