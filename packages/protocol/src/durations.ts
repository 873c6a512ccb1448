import type { DurationSummary } from './shared-nanny.js';

/** Finest duration that is told apart, ms. */
const FINEST_MS = 0.1;
/** Steps for each doubling: a quantile is told at most 1.1 % too high. */
const STEPS = 64;
/** Up to 55 minutes. */
const BUCKETS = 25 * STEPS;

/** Durations of which quantiles are wanted, in a memory that does not grow. */
class DurationHistogram {
  private readonly counts = new Uint32Array(BUCKETS);
  count = 0;
  maxMs = 0;

  record(durationMs: number): void {
    const bucket = durationMs <= FINEST_MS ? 0 : Math.ceil(Math.log2(durationMs / FINEST_MS) * STEPS);
    const at = Math.min(BUCKETS - 1, bucket);
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.count += 1;
    this.maxMs = Math.max(this.maxMs, durationMs);
  }

  countAt(bucket: number): number {
    return this.counts[bucket] ?? 0;
  }
}

/** The durations of the last one to two spans of time. */
export class RecentDurations {
  private present = new DurationHistogram();
  private past = new DurationHistogram();
  private turnAtMs: number;

  constructor(
    private readonly spanMs: number,
    nowMs: number,
  ) {
    this.turnAtMs = nowMs + spanMs;
  }

  record(durationMs: number, nowMs: number): void {
    this.turn(nowMs);
    this.present.record(durationMs);
  }

  /** Undefined while nothing was recorded. */
  summary(nowMs: number): DurationSummary | undefined {
    this.turn(nowMs);
    const count = this.present.count + this.past.count;
    if (count === 0) return undefined;
    const maxMs = Math.max(this.present.maxMs, this.past.maxMs);
    return {
      count,
      p50Ms: rounded(Math.min(maxMs, this.quantile(count * 0.5))),
      p99Ms: rounded(Math.min(maxMs, this.quantile(count * 0.99))),
      maxMs: rounded(maxMs),
    };
  }

  private quantile(rank: number): number {
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.present.countAt(bucket) + this.past.countAt(bucket);
      if (seen >= rank) return FINEST_MS * 2 ** (bucket / STEPS);
    }
    return Number.POSITIVE_INFINITY;
  }

  private turn(nowMs: number): void {
    if (nowMs < this.turnAtMs) return;
    // After a pause longer than a span nothing of the past is recent.
    this.past = nowMs < this.turnAtMs + this.spanMs ? this.present : new DurationHistogram();
    this.present = new DurationHistogram();
    this.turnAtMs = nowMs + this.spanMs;
  }
}

function rounded(durationMs: number): number {
  return Math.round(durationMs * 10) / 10;
}
