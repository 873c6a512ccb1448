import { latenessStepMs } from '../../src/core/lateness.js';
import type { SilenceSample } from '../../src/core/silence-model.js';
import type { LatenessCounts } from '../../src/heartbeat-advice.js';
import { seededRandom } from './random.js';

export interface SimulatedPath {
  /** Share of heartbeats that are lost. */
  readonly loss: number;
  /** Mean of the exponential jitter, ms. */
  readonly jitterMs: number;
  /** Share of losses that another one follows; absent = each loss for itself. */
  readonly goesOn?: number;
}

/** Arrivals of `count` heartbeats on one path, unsorted, ms. */
function arrivals(path: SimulatedPath, keepaliveMs: number, count: number, random: () => number): number[] {
  const found: number[] = [];
  let missing = false;
  for (let beat = 0; beat < count; beat += 1) {
    missing = random() < (missing && path.goesOn !== undefined ? path.goesOn : path.loss);
    if (!missing) found.push(beat * keepaliveMs - Math.log(1 - random()) * path.jitterMs);
  }
  return found;
}

/** Times between two arrivals on any of the paths, ms. */
export function simulatedGaps(
  paths: readonly SimulatedPath[],
  keepaliveMs: number,
  count: number,
  seed: number,
): Float64Array {
  const random = seededRandom(seed);
  const times = Float64Array.from(paths.flatMap((path) => arrivals(path, keepaliveMs, count, random))).sort();
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

/** The gaps as pulse counts them. */
export function sampleOf(gaps: Float64Array, keepaliveMs: number, bestPathLoss: number): SilenceSample {
  const counts = new Map<number, number>();
  for (const gap of gaps) {
    if (gap <= keepaliveMs) continue;
    const step = latenessStepMs(gap - keepaliveMs, keepaliveMs);
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  const late: LatenessCounts = [...counts].sort(([one], [other]) => one - other);
  const observedMs = gaps.reduce((sum, gap) => sum + gap, 0);
  const longestMs = gaps.reduce((longest, gap) => Math.max(longest, gap), 0);
  return { keepaliveMs, window: { observedMs, late, longestMs }, bestPathLoss, bestPathTailMs: 0 };
}
