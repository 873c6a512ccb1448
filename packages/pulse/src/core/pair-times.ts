import { gateAfterWordMs } from './gate.js';
import { sendNow } from './moves.js';
import { hasSlept } from './sleep.js';
import type { PulseSettings, PulseState, PulseStep } from './types.js';

/**
 * A pair never reads a new lvs.cf at one moment. In between it speaks as often as the faster of its two files says, and
 * believes in a silence as late as the slower one says, so that a reload to other times is no failover. Beats show the
 * times of whoever sends them; the original's words do not, so that what was in use before counts on for a while.
 */

/** How often a director speaks, and after which silence it counts another as dead. */
export type Times = Pick<PulseSettings, 'keepaliveMs' | 'deadtimeMs'>;

/** With words: for so long after a reload the partner may still expect the shorter keepalive, ms. */
const PARTNER_RELOADS_WITHIN_MS = 600_000;
/** So many gaps in a row that fit the keepalive show that the partner speaks by it: one alone can be chance. */
const ENOUGH_FITS = 2;

/** What is left of the times before the last reload, for a partner that does not show its own. */
export interface TimesBefore extends Times {
  readonly keepaliveUntilMs: number;
  /** The last word that was not merely the same one by another path, monotonic ms. */
  readonly wordAtMs: number;
  /** Gaps in a row that fit; enough of them and the longer deadtime is over. */
  readonly fits: number;
}

/** What counts on after a reload from `before` to `next`; `left` of the reload before that one. */
export function timesBefore(
  left: TimesBefore | undefined,
  before: Times,
  next: Times,
  nowMs: number,
): TimesBefore | undefined {
  if (before.keepaliveMs === next.keepaliveMs && before.deadtimeMs === next.deadtimeMs) return left;
  const isSpeakingFaster = left !== undefined && nowMs < left.keepaliveUntilMs;
  const isWaitingLonger = left !== undefined && left.fits < ENOUGH_FITS;
  return {
    keepaliveMs: Math.min(before.keepaliveMs, isSpeakingFaster ? left.keepaliveMs : Infinity),
    deadtimeMs: Math.max(before.deadtimeMs, isWaitingLonger ? left.deadtimeMs : 0),
    keepaliveUntilMs: nowMs + PARTNER_RELOADS_WITHIN_MS,
    wordAtMs: Number.NEGATIVE_INFINITY,
    fits: 0,
  };
}

/** A word of the partner came. */
export function wordHeard(
  left: TimesBefore | undefined,
  { keepaliveMs }: Times,
  nowMs: number,
): TimesBefore | undefined {
  if (left === undefined || left.fits >= ENOUGH_FITS) return left;
  const gapMs = nowMs - left.wordAtMs;
  if (gapMs < keepaliveMs / 2) return left;
  return { ...left, wordAtMs: nowMs, fits: gapMs <= 1.5 * keepaliveMs ? left.fits + 1 : 0 };
}

/**
 * The settings that the state machine works with.
 * @param shown what the beats of the others show of their files; empty where nothing shows it
 */
export function settingsInUse(
  settings: PulseSettings,
  left: TimesBefore | undefined,
  shown: readonly Times[],
  nowMs: number,
): PulseSettings {
  const others = shown.length > 0 ? shown : leftTimes(left, nowMs);
  const keepaliveMs = Math.min(settings.keepaliveMs, ...others.map((one) => one.keepaliveMs));
  // Who speaks as often as this lvs.cf expects is judged by it alone.
  const slower = others.filter((one) => shown.length === 0 || one.keepaliveMs > settings.keepaliveMs);
  const deadtimeMs = Math.max(settings.deadtimeMs, ...slower.map((one) => one.deadtimeMs));
  if (keepaliveMs === settings.keepaliveMs && deadtimeMs === settings.deadtimeMs) return settings;
  // What adaptive mode measured was measured at other times.
  return { ...settings, keepaliveMs, deadtimeMs, adaptiveMs: undefined };
}

function leftTimes(left: TimesBefore | undefined, nowMs: number): readonly Times[] {
  if (left === undefined) return [];
  return [
    {
      keepaliveMs: nowMs < left.keepaliveUntilMs ? left.keepaliveMs : Infinity,
      deadtimeMs: left.fits < ENOUGH_FITS ? left.deadtimeMs : 0,
    },
  ];
}

/** Other settings count from now on: the partner is told at once, and whoever was alone is heard from now on. */
export function onTimesChanged(
  settings: PulseSettings,
  state: PulseState,
  hadPartner: boolean,
  nowMs: number,
): PulseStep {
  if (!settings.hasPartner) return { state, effects: [] };
  if (!hadPartner) return sendNow(settings, withNewPartner(settings, state, nowMs), nowMs);
  // Who slept listens before it says anything.
  return hasSlept(settings, state, 0, nowMs) ? { state, effects: [] } : sendNow(settings, state, nowMs);
}

/** Who was alone neither sent nor listened: that is no sleep, and no silence of the partner. */
function withNewPartner(settings: PulseSettings, state: PulseState, nowMs: number): PulseState {
  return {
    ...state,
    lastHeardMs: nowMs,
    heardSinceMs: nowMs,
    partnerWord: undefined,
    nextSendMs: nowMs,
    awakeSinceMs: nowMs,
    gateAtMs: gateAfterWordMs(settings, nowMs),
  };
}
