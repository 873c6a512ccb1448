import type { LvsConfiguration } from '@piranha/config';
import { isPreferred } from './duties.js';
import { partnerGap, type Views } from './move-refusal.js';
import { wordOfView } from './others-summary.js';
import type { PulseSettings, PulseState } from './types.js';

/**
 * When the backup hands the addresses back to a primary that was away, or any node a group back to the one that is
 * preferred for it; "primary" stands for that one below. It needs what the primary says of itself: with
 * 4-byte words nothing is known of it, and nothing happens.
 */

/** A handover that was undone is tried again later and later, at most this late, ms. */
const LATEST_RETRY_MS = 3_600_000;

export interface FailbackState {
  /** The primary was away, or had a failure, while this node held the addresses: it is to get them back. */
  readonly missed: boolean;
  /** Since when it has been fit without a break; undefined while it is not. */
  readonly fitSinceMs: number | undefined;
  /** Handovers that were begun and came to nothing, since the primary became fit. */
  readonly tries: number;
}

export const NO_FAILBACK: FailbackState = { missed: false, fitSinceMs: undefined, tries: 0 };

type FailbackWords = Pick<LvsConfiguration, 'failback' | 'failbackHoldMs'>;

/** To whom addresses would go back. */
export interface FailbackTaker {
  /** With what that one said last in the place of the partner's word. */
  readonly state: PulseState;
  /** One of several directors; undefined for the partner. */
  readonly to: string | undefined;
}

/** Of several directors the first one alone gets the addresses back. */
export function failbackTaker(settings: Pick<PulseSettings, 'others'>, state: PulseState): FailbackTaker {
  const first = settings.others?.find(({ rank }) => rank === 0)?.name;
  const view = first === undefined ? undefined : state.others?.views.find(({ name }) => name === first);
  if (view === undefined) return { state, to: undefined };
  return { state: { ...state, ...wordOfView(view) }, to: first };
}

/** What is told, or to be done. */
export type FailbackNews = 'nothing' | 'waits' | 'begins';

/** Whether the primary may have the addresses, were it so for long enough. */
function isFit({ failback }: FailbackWords, views: Views): boolean {
  if (failback === 'none' || views.partner === undefined) return false;
  return failback === 'always' ? views.partner.failure === undefined : partnerGap(views) === undefined;
}

/** One look of the node that may have to give the addresses back. `begins`: start the planned handover now. */
export function stepFailback(
  words: FailbackWords,
  settings: Pick<PulseSettings, 'role' | 'preferred' | 'deadtimeMs'>,
  state: Pick<PulseState, 'duty' | 'listening' | 'partnerWord' | 'lastHeardMs'>,
  views: Views,
  before: FailbackState,
  nowMs: number,
): { readonly state: FailbackState; readonly news: FailbackNews } {
  const { duty, partnerWord } = state;
  // A handover that is under way may still be undone.
  if (isPreferred(settings) || (duty !== 'active' && duty !== 'releasing')) {
    return { state: NO_FAILBACK, news: 'nothing' };
  }
  // A process that has just started has heard nobody yet, which says nothing about the primary.
  const isPast = nowMs - state.lastHeardMs >= settings.deadtimeMs;
  const silent = partnerWord === undefined && isPast;
  const away = silent || views.partner?.failure !== undefined;
  const missed = before.missed || away;
  // What was heard before a sleep says nothing of now.
  const standsBy = partnerWord === 'lvs stopped' && !state.listening && !isPast;
  if (!missed || !standsBy || !isFit(words, views)) {
    return { state: { missed, fitSinceMs: undefined, tries: 0 }, news: 'nothing' };
  }
  if (duty === 'releasing') return { state: before, news: 'nothing' };
  if (before.fitSinceMs === undefined) {
    return { state: { missed, fitSinceMs: nowMs, tries: before.tries }, news: 'waits' };
  }
  const { failbackHoldMs } = words;
  const waitMs = Math.max(failbackHoldMs, Math.min(failbackHoldMs * 2 ** before.tries, LATEST_RETRY_MS));
  if (nowMs - before.fitSinceMs < waitMs) return { state: before, news: 'nothing' };
  return { state: { missed, fitSinceMs: nowMs, tries: before.tries + 1 }, news: 'begins' };
}
