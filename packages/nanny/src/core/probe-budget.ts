import type { GatePolicy } from './probe-gate.js';

/** A tenth of a second's checks may begin at once, and no more than these. */
const BURST_SHARE = 0.1;
const MOST_AT_ONCE = 200;
/** More than any machine can do in a second. */
const UNLIMITED = 1e9;

/**
 * The gate that every check passes, whatever it is made of.
 * @param checksPerSecond this process's share of the director's budget, above 0; undefined = no limit
 */
export function budgetGate(checksPerSecond: number | undefined): GatePolicy {
  const concurrency = Number.MAX_SAFE_INTEGER;
  if (checksPerSecond === undefined) return { probesPerSecond: UNLIMITED, burst: UNLIMITED, concurrency };
  const burst = Math.max(1, Math.min(MOST_AT_ONCE, checksPerSecond * BURST_SHARE));
  return { probesPerSecond: checksPerSecond, burst, concurrency };
}
