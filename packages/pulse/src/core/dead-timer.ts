import type { PulseSettings, PulseState } from './types.js';

/** Right after its start a process reads what arrived late: its code is still being compiled. */
const YOUNG_MS = 3_000;
/** A young process believes in no shorter silence, ms. Deadtimes above this are as configured from the start. */
const YOUNG_DEADTIME_MS = 300;

/** Until when a process that starts now counts as young. */
export function youngUntil(startMs: number): number {
  return startMs + YOUNG_MS;
}

/** When a partner that stays silent counts as dead, monotonic ms. */
export function deadAtMs({ deadtimeMs }: PulseSettings, { lastHeardMs, youngUntilMs }: PulseState): number {
  const whenGrown = Math.max(lastHeardMs + deadtimeMs, youngUntilMs);
  return Math.min(lastHeardMs + Math.max(deadtimeMs, YOUNG_DEADTIME_MS), whenGrown);
}
