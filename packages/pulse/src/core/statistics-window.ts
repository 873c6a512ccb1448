import { latenessStepMs } from '@piranha/protocol/heartbeat-advice';
import { z } from 'zod';

/** Counts of one slice of time; kept in files too, so that a restart loses nothing. */
const SLICE = z.object({
  index: z.number().int(),
  late: z.array(z.tuple([z.number().min(0), z.number().int().min(1)])).max(5_000),
  beats: z.number().int().min(0),
  lost: z.number().int().min(0),
  observedMs: z.number().min(0),
  longestMs: z.number().min(0),
  longestAtMs: z.number(),
});

export const savedWindow = z.array(SLICE).max(6);
export type SavedWindow = z.infer<typeof savedWindow>;

/** What one gap between two arrivals adds. */
export interface GapCount {
  /** Beyond the keepalives that belong in it, ms. */
  readonly latenessMs: number;
  readonly beats: number;
  readonly lost: number;
  readonly gapMs: number;
  readonly atMs: number;
}

/** The sum over a window, as it is read. */
export interface WindowSum {
  readonly late: readonly (readonly [upToMs: number, count: number])[];
  readonly beats: number;
  readonly lost: number;
  readonly observedMs: number;
  readonly longestMs: number;
  /** Monotonic ms; means nothing without beats. */
  readonly longestAtMs: number;
}

interface Slice {
  readonly index: number;
  readonly late: Map<number, number>;
  beats: number;
  lost: number;
  observedMs: number;
  longestMs: number;
  longestAtMs: number;
}

/**
 * Counts over the last `spanMs`, forgotten by slices: the sum covers at least all but one slice of it. Changed in place,
 * for it is written with each heartbeat; its memory is bounded by the number of steps of the lateness scale.
 */
export class StatisticsWindow {
  private slices: Slice[] = [];

  constructor(
    private readonly spanMs: number,
    private readonly sliceCount: number,
    private readonly keepaliveMs: number,
  ) {}

  add({ latenessMs, beats, lost, gapMs, atMs }: GapCount): void {
    const slice = this.sliceAt(atMs);
    const step = latenessStepMs(latenessMs, this.keepaliveMs);
    slice.late.set(step, (slice.late.get(step) ?? 0) + 1);
    slice.beats += beats;
    // A path that was dead for days lost no more in this window than fits into it.
    slice.lost = Math.max(0, slice.lost + Math.min(lost, Math.ceil(this.spanMs / this.keepaliveMs)));
    slice.observedMs += gapMs;
    if (gapMs <= slice.longestMs) return;
    slice.longestMs = gapMs;
    slice.longestAtMs = atMs;
  }

  sum(nowMs: number): WindowSum {
    this.forget(this.indexAt(nowMs));
    const late = new Map<number, number>();
    const sum = { beats: 0, lost: 0, observedMs: 0, longestMs: 0, longestAtMs: 0 };
    for (const slice of this.slices) {
      for (const [step, count] of slice.late) late.set(step, (late.get(step) ?? 0) + count);
      sum.beats += slice.beats;
      sum.lost += slice.lost;
      sum.observedMs += slice.observedMs;
      if (slice.longestMs <= sum.longestMs) continue;
      sum.longestMs = slice.longestMs;
      sum.longestAtMs = slice.longestAtMs;
    }
    return { ...sum, late: [...late].sort(([one], [other]) => one - other) };
  }

  saved(): SavedWindow {
    return this.slices.map((slice) => ({ ...slice, late: [...slice.late] }));
  }

  restore(saved: SavedWindow): void {
    this.slices = saved.map((slice) => ({ ...slice, late: new Map(slice.late) }));
  }

  private indexAt(nowMs: number): number {
    return Math.floor((nowMs * this.sliceCount) / this.spanMs);
  }

  private forget(index: number): void {
    const oldest = index - this.sliceCount;
    if (this.slices.some((slice) => slice.index <= oldest))
      this.slices = this.slices.filter((slice) => slice.index > oldest);
  }

  private sliceAt(nowMs: number): Slice {
    const index = this.indexAt(nowMs);
    const last = this.slices.at(-1);
    if (last?.index === index) return last;
    this.forget(index);
    const slice = { index, late: new Map(), beats: 0, lost: 0, observedMs: 0, longestMs: 0, longestAtMs: 0 };
    this.slices.push(slice);
    return slice;
  }
}
