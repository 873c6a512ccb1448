import { gateAfterWordMs } from './gate.js';
import { listen, listenedAtMs, log, withEffects } from './moves.js';
import { listeningAnew } from './others-summary.js';
import type { PulseSettings, PulseState, PulseStep } from './types.js';

/** When a process counts as having slept: the partner may have declared it dead meanwhile. Times are monotonic ms. */

/** When this node was last known to be awake: its last word went out then, or it woke or started. */
function lastSignMs({ keepaliveMs }: PulseSettings, { nextSendMs, awakeSinceMs }: PulseState): number {
  return Math.max(nextSendMs - keepaliveMs, awakeSinceMs);
}

/**
 * True where the process slept, so that the silence behind it proves nothing, and the partner heard nothing of it for
 * longer than the deadtime. One that is merely late, by whatever part of the deadtime, did not.
 * @param lateMs how late a timer was; 0 where none fired
 */
export function hasSlept(settings: PulseSettings, state: PulseState, lateMs: number, nowMs: number): boolean {
  const { hasPartner, keepaliveMs, deadtimeMs } = settings;
  if (!hasPartner) return false;
  if (lateMs > deadtimeMs) return true;
  // Who listens says nothing on purpose.
  if (state.listening || state.duty === 'ended') return false;
  // A deadtime that is no longer than the keepalive is accepted, with a warning.
  return nowMs - lastSignMs(settings, state) > Math.max(deadtimeMs, 1.5 * keepaliveMs);
}

/** What was not read while asleep proves nothing about the partner; who serves listens before it says anything. */
export function wake(settings: PulseSettings, state: PulseState, lateMs: number, nowMs: number): PulseStep {
  const awake: PulseState = {
    ...listeningAnew(state, nowMs),
    lastHeardMs: nowMs,
    heardSinceMs: nowMs,
    awakeSinceMs: nowMs,
    gateAtMs: gateAfterWordMs(settings, nowMs),
    heldBack: undefined,
    // Whoever else claimed may serve by now.
    deadlineMs:
      state.duty === 'claiming'
        ? Math.max(state.deadlineMs, listenedAtMs(settings, nowMs))
        : state.deadlineMs,
  };
  const silentMs = state.listening ? 0 : nowMs - lastSignMs(settings, state);
  const slept = log('PULSE_SLEPT', { sleptMs: Math.round(Math.max(lateMs, silentMs)) });
  const serving = state.duty === 'active' || state.duty === 'releasing';
  return withEffects(serving ? listen(settings, awake, nowMs) : awake, slept);
}
