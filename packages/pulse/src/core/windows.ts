import type { PathQuality, SilenceWindow, Windows } from '@piranha/protocol';
import { latenessQuantileMs } from '@piranha/protocol/heartbeat-advice';
import { z } from 'zod';
import { type GapCount, StatisticsWindow, savedWindow, type WindowSum } from './statistics-window.js';

const HOUR_MS = 3_600_000;

export const savedWindows = z.object({ hour: savedWindow, day: savedWindow, month: savedWindow });
type SavedWindows = z.infer<typeof savedWindows>;

/** Wall clock text of a monotonic time, ISO 8601; a core knows no wall clock. */
export type WallClock = (atMs: number) => string;

/** The same counts over the last hour, day and 30 days. */
export class StatisticsWindows {
  private readonly of: Windows<StatisticsWindow>;

  constructor(keepaliveMs: number) {
    this.of = {
      hour: new StatisticsWindow(HOUR_MS, 4, keepaliveMs),
      day: new StatisticsWindow(24 * HOUR_MS, 4, keepaliveMs),
      month: new StatisticsWindow(30 * 24 * HOUR_MS, 6, keepaliveMs),
    };
  }

  add(gap: GapCount): void {
    this.of.hour.add(gap);
    this.of.day.add(gap);
    this.of.month.add(gap);
  }

  read<T>(nowMs: number, reader: (sum: WindowSum, window: keyof Windows<T>) => T): Windows<T> {
    const { hour, day, month } = this.of;
    return {
      hour: reader(hour.sum(nowMs), 'hour'),
      day: reader(day.sum(nowMs), 'day'),
      month: reader(month.sum(nowMs), 'month'),
    };
  }

  saved(): SavedWindows {
    const { hour, day, month } = this.of;
    return { hour: hour.saved(), day: day.saved(), month: month.saved() };
  }

  restore(saved: SavedWindows): void {
    this.of.hour.restore(saved.hour);
    this.of.day.restore(saved.day);
    this.of.month.restore(saved.month);
  }
}

/** The four figures of a distribution of lateness, ms; the scale is coarse, the maximum never above what was seen. */
export function latenessFigures({
  late,
}: WindowSum): Pick<PathQuality, 'p50Ms' | 'p99Ms' | 'p999Ms' | 'maxMs'> {
  const total = late.reduce((sum, [, count]) => sum + count, 0);
  const at = (quantile: number): number => latenessQuantileMs(late, total, quantile);
  return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), maxMs: at(1) };
}

/** One path's figures. `missing`: heartbeats not there since its last arrival. */
export function pathQuality(sum: WindowSum, missing: number, wallClock: WallClock): PathQuality {
  return {
    beats: sum.beats,
    lost: sum.lost + missing,
    ...latenessFigures(sum),
    longestGapMs: Math.round(sum.longestMs),
    ...(sum.beats === 0 ? {} : { longestGapAt: wallClock(sum.longestAtMs) }),
  };
}

/** The silences of all paths together. */
export function silenceWindow(sum: WindowSum, wallClock: WallClock): SilenceWindow {
  return {
    observedMs: Math.round(sum.observedMs),
    late: sum.late.filter(([upToMs]) => upToMs > 0.1),
    longestMs: Math.round(sum.longestMs * 1_000) / 1_000,
    ...(sum.longestMs === 0 ? {} : { longestAt: wallClock(sum.longestAtMs) }),
  };
}
