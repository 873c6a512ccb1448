import type { DrainCounts } from '@piranha/protocol';

/**
 * The drain of one entry of the table. It stands at weight 0 until nothing is counted at it any more, then it goes for
 * good. Pure: times are monotonic milliseconds.
 */

export type DrainState =
  | {
      readonly phase: 'draining';
      readonly sinceMs: number;
      /** The entry goes then, whatever it counts. */
      readonly deadlineMs: number;
      /** As counted last with the weight at 0; undefined before. */
      readonly left: DrainCounts | undefined;
    }
  | {
      readonly phase: 'drained';
      readonly end: DrainEnd;
      readonly tookMs: number;
      readonly left: DrainCounts;
    };

/** `empty`: nothing was counted; `timeout`: the time was over; `absent`: it did not stand in the table. */
type DrainEnd = 'empty' | 'timeout' | 'absent';

const NOTHING: DrainCounts = { active: 0, inactive: 0, templates: 0 };

/** A drain, ordered at a time; `stands`: its entry is in the table, or about to be. */
export function beginDrain(stands: boolean, sinceMs: number, deadlineMs: number): DrainState {
  if (!stands) return { phase: 'drained', end: 'absent', tookMs: 0, left: NOTHING };
  return { phase: 'draining', sinceMs, deadlineMs, left: undefined };
}

/** The same drain under an order whose time limit is another. */
export function limitDrain(drain: DrainState, deadlineMs: number): DrainState {
  return drain.phase === 'draining' ? { ...drain, deadlineMs } : drain;
}

/**
 * One step of a drain.
 * @param counts of the entry, counted after its weight had become 0; undefined while they are not known
 */
export function stepDrain(drain: DrainState, counts: DrainCounts | undefined, nowMs: number): DrainState {
  if (drain.phase === 'drained') return drain;
  const left = counts ?? drain.left;
  const tookMs = nowMs - drain.sinceMs;
  if (counts !== undefined && isEmpty(counts))
    return { phase: 'drained', end: 'empty', tookMs, left: counts };
  if (nowMs >= drain.deadlineMs) return { phase: 'drained', end: 'timeout', tookMs, left: left ?? NOTHING };
  return { ...drain, left };
}

/**
 * Connections that end count too: one that is half closed may still carry an answer. UDP knows no others. A template
 * brings its client back.
 */
function isEmpty({ active, inactive, templates }: DrainCounts): boolean {
  return active === 0 && inactive === 0 && templates === 0;
}
