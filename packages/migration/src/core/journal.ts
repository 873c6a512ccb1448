import type { Difference } from './differences.js';

/** One difference over the time of a run. */
interface JournalEntry {
  readonly difference: Difference;
  /** How often it came up. */
  readonly times: number;
  /** How long it has stood in all, without the time that runs now, ms. */
  readonly stoodMs: number;
  /** Since when it stands, monotonic ms; undefined while both agree. */
  readonly sinceMs: number | undefined;
}

/** What a run has seen so far. */
export interface Journal {
  readonly entries: ReadonlyMap<string, JournalEntry>;
}

export type JournalChange =
  | { readonly type: 'began' | 'changed'; readonly difference: Difference }
  | { readonly type: 'ended'; readonly difference: Difference; readonly stoodMs: number };

/** A run that has seen nothing yet. */
export const EMPTY_JOURNAL: Journal = { entries: new Map() };

function keyOf({ code, place }: Difference): string {
  return `${code} ${place}`;
}

/** Takes one look into the journal. The changes are what a person has to be told. */
export function stepJournal(
  { entries }: Journal,
  differences: readonly Difference[],
  nowMs: number,
): { readonly journal: Journal; readonly changes: readonly JournalChange[] } {
  const next = new Map(entries);
  const changes: JournalChange[] = [];
  const seen = new Set<string>();
  for (const difference of differences) {
    const key = keyOf(difference);
    seen.add(key);
    const before = entries.get(key);
    const stands = before?.sinceMs !== undefined;
    next.set(key, {
      difference,
      times: (before?.times ?? 0) + (stands ? 0 : 1),
      stoodMs: before?.stoodMs ?? 0,
      sinceMs: before?.sinceMs ?? nowMs,
    });
    if (!stands) changes.push({ type: 'began', difference });
    else if (before.difference.text !== difference.text) changes.push({ type: 'changed', difference });
  }
  for (const [key, entry] of entries) {
    if (seen.has(key) || entry.sinceMs === undefined) continue;
    const stoodMs = nowMs - entry.sinceMs;
    next.set(key, { ...entry, stoodMs: entry.stoodMs + stoodMs, sinceMs: undefined });
    changes.push({ type: 'ended', difference: entry.difference, stoodMs });
  }
  return { journal: { entries: next }, changes };
}

/** The differences that stand now. */
export function standing({ entries }: Journal): readonly Difference[] {
  return [...entries.values()]
    .filter(({ sinceMs }) => sinceMs !== undefined)
    .map(({ difference }) => difference);
}
