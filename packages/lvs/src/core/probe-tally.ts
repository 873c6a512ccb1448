import type { ProbeStatus } from '@piranha/protocol';
import { RecentDurations } from '@piranha/protocol/durations';
import { RateMeter } from './rate-meter.js';

/** What is kept of one check. */
export interface ProbeReport {
  readonly ok: boolean;
  /** How much later than due it began, and how long after the one before, ms. */
  readonly lateMs?: number | undefined;
  readonly intervalMs?: number | undefined;
}

const SPAN_MS = 30_000;

/** The checks of all nannies of one real service each, together. */
export class ProbeTally {
  private begun = 0;
  private failed = 0;
  private readonly lateness: RecentDurations;
  private readonly interval: RecentDurations;
  private readonly rate: RateMeter;

  constructor(nowMs: number) {
    this.lateness = new RecentDurations(SPAN_MS, nowMs);
    this.interval = new RecentDurations(SPAN_MS, nowMs);
    this.rate = new RateMeter(nowMs);
  }

  take({ ok, lateMs, intervalMs }: ProbeReport, nowMs: number): void {
    this.begun += 1;
    this.rate.add(1, nowMs);
    if (!ok) this.failed += 1;
    if (lateMs !== undefined) this.lateness.record(lateMs, nowMs);
    if (intervalMs !== undefined) this.interval.record(intervalMs, nowMs);
  }

  /** Checks in a second, of the last ten. */
  perSecond(nowMs: number): number {
    return this.rate.perSecond(nowMs);
  }

  status(nowMs: number): ProbeStatus {
    const { begun, failed } = this;
    const [lateness, interval] = [this.lateness.summary(nowMs), this.interval.summary(nowMs)];
    return { begun, failed, ...(lateness && { lateness }), ...(interval && { interval }) };
  }
}
