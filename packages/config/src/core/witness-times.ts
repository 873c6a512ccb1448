import type { WitnessConfig } from '../witness-model.js';

const SHORTEST_INTERVAL_MS = 20;
const LONGEST_INTERVAL_MS = 1_000;
const SHORTEST_MARGIN_MS = 5;
/** The margin is this share of the time between two beats missed and death. */
const MARGIN_SHARE = 0.1;
/** Questions that must all be lost before a holder lets go. */
const QUESTIONS_IN_LIMIT = 4;

type WitnessTimes = Pick<WitnessConfig, 'intervalMs' | 'holdLimitMs' | 'marginMs' | 'takeAfterMs'>;

/**
 * The times of the witnesses. A cut comes at most a keepalive after the last beat that the partner heard, so a holder
 * that lets go within `deadtime - keepalive` is gone when the partner takes. Where four questions do not fit into that,
 * the limit is longer, and the taker waits as much longer.
 * @param intervalMs as configured; undefined = a quarter of the limit, 20 ms to 1 s
 */
export function witnessTimes(
  keepaliveMs: number,
  deadtimeMs: number,
  intervalMs: number | undefined,
): WitnessTimes {
  const spareMs = Math.max(0, deadtimeMs - keepaliveMs);
  const marginMs = Math.max(SHORTEST_MARGIN_MS, Math.round(spareMs * MARGIN_SHARE));
  const quarterMs = Math.floor((spareMs - marginMs) / QUESTIONS_IN_LIMIT);
  const chosenMs = intervalMs ?? Math.min(LONGEST_INTERVAL_MS, Math.max(SHORTEST_INTERVAL_MS, quarterMs));
  const holdLimitMs = Math.max(spareMs - marginMs, QUESTIONS_IN_LIMIT * chosenMs);
  return {
    intervalMs: chosenMs,
    holdLimitMs,
    marginMs,
    takeAfterMs: Math.max(deadtimeMs, keepaliveMs + holdLimitMs + marginMs),
  };
}
