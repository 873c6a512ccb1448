import type { ProbeLoad } from '@piranha/protocol';

/** Checks that begin later than this count as late, ms; and as on time again below the other. */
const LATE_MS = 1_000;
const ON_TIME_MS = 500;
/** Fewer say nothing. */
const FEWEST = 20;

/** Whether a shared nanny's checks have become late or on time again; undefined: no news. */
export function latenessNews(wasLate: boolean, { lateness }: ProbeLoad): 'late' | 'on time' | undefined {
  if (lateness === undefined || lateness.count < FEWEST) return undefined;
  if (!wasLate && lateness.p99Ms > LATE_MS) return 'late';
  return wasLate && lateness.p99Ms < ON_TIME_MS ? 'on time' : undefined;
}
