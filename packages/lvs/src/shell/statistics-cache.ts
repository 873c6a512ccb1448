import { FreshValue } from '@piranha/common';
import type { Director, ServiceStatistics } from '@piranha/ipvs';

/** Counters may be this old, ms: many readers of status cost the backend no more than one. */
const FRESH_MS = 250;

/** The backend's counters, asked for at most four times a second. */
export class StatisticsCache {
  private readonly counters = new FreshValue<readonly ServiceStatistics[]>(FRESH_MS);

  /** Counters; none while the backend cannot be reached. */
  read(backend: Director | undefined): Promise<readonly ServiceStatistics[]> {
    return this.counters.get(() => backend?.readStatistics().catch(() => []) ?? Promise.resolve([]));
  }
}
