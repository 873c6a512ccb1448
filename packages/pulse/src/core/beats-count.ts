import type { PulseAlive } from '@piranha/protocol';
import type { PulseSettings } from './types.js';

/** Whether words go out: those of the original alone, or beside beats by a key that was agreed on. */
export function speaksWords({ beat }: Pick<PulseAlive, 'beat'>): boolean {
  return beat === undefined || beat.announced === true;
}

/** After which silence the partner counts as dead, ms: in a hurry it is less than the deadtime. */
export function silenceMs({ adaptiveMs, deadtimeMs }: PulseSettings): number {
  return Math.min(adaptiveMs ?? deadtimeMs, deadtimeMs);
}

/**
 * Whether beats alone count: one of the partner's was proven less than half that silence ago. Then its words and what it
 * announces are passed over, for anybody can write them; soon enough before that silence is over they count again, for a
 * partner that has lost the key lives all the same.
 * @param silentMs after which silence the partner counts as dead
 */
export function beatsCount(
  session: { readonly heardMs: number } | undefined,
  silentMs: number,
  nowMs: number,
): boolean {
  return session !== undefined && nowMs - session.heardMs < silentMs / 2;
}
