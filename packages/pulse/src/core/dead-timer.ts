import { waitsToTake } from './duties.js';
import type { PulseSettings, PulseState } from './types.js';

/** Right after its start a process reads what arrived late: its code is still being compiled. */
const YOUNG_MS = 3_000;
/** A young process believes in no shorter silence, ms. Deadtimes above this are as configured from the start. */
export const YOUNG_DEADTIME_MS = 300;
/** Before a silence shorter than the deadtime is believed, what waits in the sockets is read once more, ms. */
const LOOK_AGAIN_MS = 3;

/** What the partner's silence means: `suspicious` must be noted, and looked at again; the others name the limit. */
type Silence = 'short' | 'suspicious' | 'adaptive' | 'deadtime';

/** Until when a process that starts now counts as young. */
export function youngUntil(startMs: number): number {
  return startMs + YOUNG_MS;
}

/** Whether a timer that was `lateMs` late may hide a heartbeat that was not read. */
export function hidesHeartbeats({ keepaliveMs }: PulseSettings, lateMs: number): boolean {
  return lateMs > keepaliveMs / 2;
}

/** When a partner that stays silent counts as dead at the latest, monotonic ms. */
export function deadAtMs(
  { deadtimeMs }: Pick<PulseSettings, 'deadtimeMs'>,
  { lastHeardMs, youngUntilMs }: Pick<PulseState, 'lastHeardMs' | 'youngUntilMs'>,
): number {
  const whenGrown = Math.max(lastHeardMs + deadtimeMs, youngUntilMs);
  return Math.min(lastHeardMs + Math.max(deadtimeMs, YOUNG_DEADTIME_MS), whenGrown);
}

/** When a silence gets suspicious by `adaptiveMs`: only who waits to take over is in such a hurry. */
function suspiciousAtMs({ adaptiveMs }: PulseSettings, state: PulseState): number {
  if (adaptiveMs === undefined || !waitsToTake(state) || state.partnerWord === undefined) return Infinity;
  // What came while this process was late may not have been read: the silence counts from then.
  return Math.max(Math.max(state.lastHeardMs, state.lateAtMs) + adaptiveMs, state.youngUntilMs);
}

/** When the partner's silence is to be judged next, monotonic ms. */
export function silenceDueMs(settings: PulseSettings, state: PulseState): number {
  const fromMs = suspiciousAtMs(settings, state);
  const noted = state.suspectedAtMs >= fromMs;
  return Math.min(deadAtMs(settings, state), noted ? state.suspectedAtMs + LOOK_AGAIN_MS : fromMs);
}

/** What the partner's silence means at `nowMs`. */
export function judgeSilence(settings: PulseSettings, state: PulseState, nowMs: number): Silence {
  if (nowMs >= deadAtMs(settings, state)) return 'deadtime';
  const fromMs = suspiciousAtMs(settings, state);
  if (nowMs < fromMs) return 'short';
  if (state.suspectedAtMs < fromMs) return 'suspicious';
  return nowMs >= state.suspectedAtMs + LOOK_AGAIN_MS ? 'adaptive' : 'short';
}
