import type { WitnessConfig } from '@piranha/config';
import {
  ANSWER_SPACING_MS,
  GUARDIAN_LIMITS,
  type PulseSettings,
  rankStepMs,
  YOUNG_DEADTIME_MS,
} from '@piranha/pulse/machines';
import { DURATIONS } from './world.js';

/** What the suite promises, ms. */
export interface Bounds {
  /** Two holders whose processes run and hear each other. */
  readonly twoHoldersMs: number;
  /** Two holders, one of whose processes must be missed, killed and replaced first. */
  readonly twoUnattendedMs: number;
  /** Two holders that were ordered to hand over to each other at once. */
  readonly twoReleasingMs: number;
  /** Nobody serves while a healthy node could. */
  readonly nobodyMs: number;
  /** As nobodyMs, where somebody holds the addresses and the network believes that another does. */
  readonly nobodyDisputedMs: number;
  /** A group of addresses that is there in part. */
  readonly tornMs: number;
  /** After the death of a daemon until nothing more can come of it. */
  readonly replacedMs: number;
  /** From the silence of one direction until one holder is left. */
  readonly oneWayMs: number;
  /** Two holders that do not hear each other, of which one at most reaches the witness; Infinity without one. */
  readonly twoUnwitnessedMs: number;
  /** After the last fault until one stable holder. */
  readonly settleMs: number;
}

const SLACK_MS = 20;
/** What clocks may differ by, and a timer be late. */
export const CLOCK_SHARE = 1.03;

/** What a node under `require` may wait for before it takes: a holder's time, and fresh answers. */
function witnessWaitMs(witness: WitnessConfig | undefined): number {
  if (witness === undefined) return 0;
  return witness.takeAfterMs + witness.holdLimitMs + witness.marginMs + 4 * witness.intervalMs;
}

/**
 * The bounds that follow from the settings of a pair, or of more directors.
 * @param startMs what the slowest node's processes take to start
 */
export function boundsOf(
  { keepaliveMs, deadtimeMs, releaseLimitMs, leaveLimitMs = 0 }: PulseSettings,
  startMs: number,
  witness?: WitnessConfig,
  directors = 2,
): Bounds {
  const stepsMs = (directors - 2) * rankStepMs({ keepaliveMs, deadtimeMs });
  const { takeMs, dropMs } = DURATIONS;
  const moveMs = takeMs + dropMs;
  const replacedMs = GUARDIAN_LIMITS.hangMs + startMs;
  const believedMs = Math.max(deadtimeMs, YOUNG_DEADTIME_MS);
  // Silence until a partner counts as dead, the longest claim, and the takeover.
  const nobodyMs = believedMs + 4 * keepaliveMs + 2 * moveMs + SLACK_MS + witnessWaitMs(witness) + stepsMs;
  return {
    // The beat by which one of them learns of it, and its reaction.
    twoHoldersMs: 2 * keepaliveMs + moveMs + SLACK_MS,
    twoUnattendedMs: replacedMs + 3 * keepaliveMs + moveMs + SLACK_MS,
    twoReleasingMs: releaseLimitMs * CLOCK_SHARE + SLACK_MS,
    nobodyMs,
    nobodyDisputedMs: nobodyMs + Math.max(replacedMs, ANSWER_SPACING_MS),
    // Whoever replaces a pulse that died in the middle of a move listens first.
    tornMs: moveMs + 2 * keepaliveMs + SLACK_MS,
    replacedMs: replacedMs + believedMs + 2 * keepaliveMs,
    oneWayMs: believedMs + 2 * keepaliveMs + moveMs + SLACK_MS,
    twoUnwitnessedMs:
      witness === undefined ? Infinity : witness.holdLimitMs * CLOCK_SHARE + moveMs + SLACK_MS,
    settleMs:
      witnessWaitMs(witness) +
      replacedMs +
      believedMs +
      releaseLimitMs +
      leaveLimitMs * CLOCK_SHARE +
      6 * keepaliveMs +
      SLACK_MS +
      stepsMs,
  };
}
