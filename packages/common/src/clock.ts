import { performance } from 'node:perf_hooks';

/** Monotonic time in milliseconds with fractions; never steps with the wall clock. */
export function monotonicNowMs(): number {
  return performance.now();
}
