import { monotonicNowMs } from '@piranha/common';
import type { Director, ServiceStatistics } from '@piranha/ipvs';

/** Counters may be this old, ms: many readers of status cost the backend no more than one. */
const FRESH_MS = 250;

/** The backend's counters, asked for at most four times a second. */
export class StatisticsCache {
  private readAtMs = Number.NEGATIVE_INFINITY;
  private value: Promise<readonly ServiceStatistics[]> = Promise.resolve([]);

  /** Counters; none while the backend cannot be reached. */
  read(backend: Director | undefined): Promise<readonly ServiceStatistics[]> {
    const nowMs = monotonicNowMs();
    if (nowMs - this.readAtMs >= FRESH_MS) {
      this.readAtMs = nowMs;
      this.value = backend ? backend.readStatistics().catch(() => []) : Promise.resolve([]);
    }
    return this.value;
  }
}
