import type { LedgerEntry } from './ledger.js';

/** The rate is that of the completions within this time, ms. */
const RATE_WINDOW_MS = 2_000;

/** Running totals of requests: what a load without an end needs of its ledger. */
export class Tally {
  completed = 0;
  failed = 0;
  /** When the requests of the rate's window completed, oldest first, ms. */
  private recent: number[] = [];

  /** Counts finished requests, each once. */
  add(entries: readonly LedgerEntry[]): void {
    for (const { outcome, endedMs } of entries) {
      if (outcome.type === 'completed') {
        this.completed += 1;
        this.recent.push(endedMs);
      } else {
        this.failed += 1;
      }
    }
  }

  /** Completed requests a second of late, rounded. */
  perSecond(nowMs: number): number {
    this.recent = this.recent.filter((endedMs) => endedMs > nowMs - RATE_WINDOW_MS);
    return Math.round((this.recent.length * 1_000) / RATE_WINDOW_MS);
  }
}
