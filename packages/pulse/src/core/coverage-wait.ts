import type { Coverage } from './coverage.js';

/** How long the way back to the primary waits until that one knows the connections in use. */

/** So many of a hundred connections have to be known for certain. */
export const COVERAGE_WANTED_PERCENT = 99;
/** A connection that is idle never gets known: no longer than this, ms. */
export const COVERAGE_WAIT_MS = 60_000;

/** Since when is waited, monotonic ms; undefined where it is not. */
export type CoverageWait = number | undefined;

/** Whether so many of the connections in use are known that nothing is waited for. */
export function isCovered({ known, total }: Pick<Coverage, 'known' | 'total'>): boolean {
  return known * 100 >= total * COVERAGE_WANTED_PERCENT;
}

/** Whether the move may begin now. @param coverage undefined where nothing is known of it: nothing is waited for */
export function stepCoverageWait(
  since: CoverageWait,
  coverage: Coverage | undefined,
  nowMs: number,
): { readonly since: CoverageWait; readonly mayMove: boolean } {
  const isEnough = coverage === undefined || isCovered(coverage);
  const sinceMs = since ?? nowMs;
  if (isEnough || nowMs - sinceMs >= COVERAGE_WAIT_MS) return { since: undefined, mayMove: true };
  return { since: sinceMs, mayMove: false };
}
