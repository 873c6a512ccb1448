import type { OwnLateness, PathQuality, SilenceWindow, Windows } from '@piranha/protocol';
import { z } from 'zod';
import { type Beat, gapOf, PathTracker } from './path-tracker.js';
import {
  latenessFigures,
  pathQuality,
  StatisticsWindows,
  savedWindows,
  silenceWindow,
  type WallClock,
} from './windows.js';

/** A heartbeat read so soon after a late tick may have waited for this process, ms. */
const READ_AFTER_STALL_MS = 20;
/** Timers are always a little late; that delays nobody's reading, ms. */
const SHORTEST_STALL_MS = 5;
/** The own lateness has no keepalive to count in, ms. */
const NO_KEEPALIVE_MS = 86_400_000;

/** The saved form; monotonic times, so of no use after a boot. */
export const savedStatistics = z.object({
  version: z.literal(1),
  keepaliveMs: z.number(),
  atMs: z.number(),
  interruptions: z.number().int().min(0),
  own: savedWindows,
  together: savedWindows,
  paths: z.record(z.string().max(200), savedWindows),
});
type SavedStatistics = z.infer<typeof savedStatistics>;

/** What was measured, as far as a core can tell it. */
export interface MeasuredHeartbeats {
  readonly paths: ReadonlyMap<string, { readonly heard: boolean; readonly quality: Windows<PathQuality> }>;
  readonly together: Windows<SilenceWindow>;
  readonly own: OwnLateness;
  readonly interruptions: number;
}

/**
 * Loss and lateness of every heartbeat path, of all paths together, and of this process itself. Changed in place: it is
 * called with each heartbeat. A silence of all paths longer than the deadtime counts only where numbered heartbeats prove
 * that the partner lived through it; else it is an interruption, for the partner may have been down.
 */
export class HeartbeatStatistics {
  private readonly paths: ReadonlyMap<string, PathTracker>;
  private readonly together: StatisticsWindows;
  private readonly own = new StatisticsWindows(NO_KEEPALIVE_MS);
  private interruptions = 0;
  private lastMs: number | undefined;
  private lastLife: string | undefined;
  /** The partner was heard without interruption since then. */
  private startedMs = Number.NEGATIVE_INFINITY;
  private stall = { endMs: Number.NEGATIVE_INFINITY, lateMs: 0 };

  constructor(
    pathKeys: readonly string[],
    readonly keepaliveMs: number,
    private readonly deadtimeMs: number,
  ) {
    this.paths = new Map(pathKeys.map((key) => [key, new PathTracker(keepaliveMs)]));
    this.together = new StatisticsWindows(keepaliveMs);
  }

  /** Counts a heartbeat of the partner; one of an unknown path is left out. */
  heard(pathKey: string, beat: Beat): void {
    const path = this.paths.get(pathKey);
    if (path === undefined) return;
    const { nowMs } = beat;
    const waited = nowMs - this.stall.endMs <= READ_AFTER_STALL_MS;
    const excusedMs = waited ? this.stall.lateMs : 0;
    this.countSilence(beat, excusedMs);
    path.beat(beat, excusedMs, this.startedMs);
  }

  /** A timer of this process went off `lateMs` too late, at `nowMs`. */
  late(lateMs: number, nowMs: number): void {
    this.own.add({ latenessMs: lateMs, beats: 1, lost: 0, gapMs: 0, atMs: nowMs });
    if (lateMs >= SHORTEST_STALL_MS) this.stall = { endMs: nowMs, lateMs };
    if (lateMs > this.deadtimeMs) this.forgetLast();
  }

  /** Nothing was read for a while: the next heartbeat of each path begins anew. */
  forgetLast(): void {
    this.lastMs = undefined;
    for (const path of this.paths.values()) path.forgetLast();
  }

  measured(nowMs: number, wallClock: WallClock): MeasuredHeartbeats {
    const paths = [...this.paths].map(([key, path]) => {
      const missing = this.lastMs === undefined ? 0 : path.missing(this.lastMs);
      const quality = path.windows.read(nowMs, (sum) => pathQuality(sum, missing, wallClock));
      return [key, { heard: path.heard || quality.month.beats > 0, quality }] as const;
    });
    const own = this.own.read(nowMs, (sum) => ({ ticks: sum.beats, ...latenessFigures(sum) })).day;
    return {
      paths: new Map(paths),
      together: this.together.read(nowMs, (sum) => silenceWindow(sum, wallClock)),
      own: { ticks: own.ticks, p99Ms: own.p99Ms, p999Ms: own.p999Ms, maxMs: own.maxMs },
      interruptions: this.interruptions,
    };
  }

  saved(nowMs: number): SavedStatistics {
    return {
      version: 1,
      keepaliveMs: this.keepaliveMs,
      atMs: nowMs,
      interruptions: this.interruptions,
      own: this.own.saved(),
      together: this.together.saved(),
      paths: Object.fromEntries([...this.paths].map(([key, { windows }]) => [key, windows.saved()])),
    };
  }

  /** Goes on with what an earlier run counted; nothing of it with another keepalive, or of an earlier boot. */
  restore(saved: SavedStatistics, nowMs: number): void {
    if (saved.keepaliveMs !== this.keepaliveMs || saved.atMs > nowMs) return;
    this.interruptions = saved.interruptions;
    this.own.restore(saved.own);
    this.together.restore(saved.together);
    for (const [key, { windows }] of this.paths) {
      const of = saved.paths[key];
      if (of !== undefined) windows.restore(of);
    }
  }

  private countSilence({ nowMs, numbered }: Beat, excusedMs: number): void {
    const { lastMs, lastLife, keepaliveMs } = this;
    this.lastMs = nowMs;
    this.lastLife = numbered?.life;
    if (lastMs === undefined) {
      this.startedMs = nowMs;
      return;
    }
    const gapMs = gapOf(nowMs - lastMs, excusedMs, keepaliveMs);
    const lived = numbered !== undefined && numbered.life === lastLife;
    const otherLife = numbered !== undefined && lastLife !== undefined && numbered.life !== lastLife;
    if ((gapMs > this.deadtimeMs && !lived) || otherLife) {
      if (gapMs > this.deadtimeMs) this.interruptions += 1;
      this.startedMs = nowMs;
      return;
    }
    const latenessMs = Math.max(0, gapMs - keepaliveMs);
    this.together.add({ latenessMs, beats: 1, lost: 0, gapMs, atMs: nowMs });
  }
}
