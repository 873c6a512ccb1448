/** When a taken address is announced unless told otherwise, ms after the take. */
export const DEFAULT_SCHEDULE_MS: readonly number[] = [0, 1_000, 5_000, 10_000];

/** What is left of a series of announcements; times are monotonic, ms. */
export interface AnnouncementSeries {
  readonly dueMs: readonly number[];
}

export interface AnnouncementStep {
  readonly series: AnnouncementSeries;
  /** True when the addresses are to be announced now. */
  readonly announce: boolean;
  /** Until the next step is worth while, ms; undefined after the last announcement. */
  readonly waitMs: number | undefined;
}

/** A series that starts at `nowMs`. `scheduleMs` counts from there, in any order. */
export function startSeries(scheduleMs: readonly number[], nowMs: number): AnnouncementSeries {
  return { dueMs: scheduleMs.map((afterMs) => nowMs + afterMs).sort((a, b) => a - b) };
}

/** One step. Announcements whose time passed while nobody looked, as in a process that slept, are made up by one. */
export function stepSeries(series: AnnouncementSeries, nowMs: number): AnnouncementStep {
  const left = series.dueMs.filter((dueMs) => dueMs > nowMs);
  const next = left[0];
  return {
    series: { dueMs: left },
    announce: left.length < series.dueMs.length,
    waitMs: next === undefined ? undefined : next - nowMs,
  };
}
