import type { Verdict } from './check-loop.js';

/** Within what time the first check begins, ms. */
interface FirstCheck {
  /** What an earlier nanny of the server knew. */
  readonly known: Verdict;
  readonly warmupMs: number;
  readonly intervalMs: number;
}

/**
 * A server that is known is looked at within an interval, as it was before: only one that nobody has checked yet waits out
 * a long warmup.
 */
export function firstCheckWithinMs({ known, warmupMs, intervalMs }: FirstCheck): number {
  return known === 'unknown' ? warmupMs : Math.min(warmupMs, intervalMs);
}
