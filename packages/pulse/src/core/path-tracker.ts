import { StatisticsWindows } from './windows.js';

/** A heartbeat as it is read. */
export interface Beat {
  /** Monotonic ms. */
  readonly nowMs: number;
  /** With a protocol that numbers its heartbeats: which run of the sender, and which heartbeat of it on this path. */
  readonly numbered?: { readonly life: string; readonly sequence: number } | undefined;
}

/** A gap with room for more heartbeats, which may still come in behind it. */
interface OpenGap {
  readonly gapMs: number;
  readonly atMs: number;
  readonly missed: number;
  cameAfterAll: number;
}

/**
 * Loss and lateness of one path. By sequence numbers both are known. Without them a gap of about k keepalives means
 * k - 1 lost heartbeats, unless those come in right behind it: then they were late. A sender that itself was late by a
 * whole keepalive looks like a loss.
 */
export class PathTracker {
  readonly windows: StatisticsWindows;
  private lastMs: number | undefined;
  private highest: { readonly life: string; readonly sequence: number; readonly atMs: number } | undefined;
  private open: OpenGap | undefined;

  constructor(private readonly keepaliveMs: number) {
    this.windows = new StatisticsWindows(keepaliveMs);
  }

  get heard(): boolean {
    return this.lastMs !== undefined;
  }

  /**
   * Counts a heartbeat. `excusedMs`: how much later than it came it may have been read. Silences that began before
   * `startedMs` are not the path's.
   */
  beat({ nowMs, numbered }: Beat, excusedMs: number, startedMs: number): void {
    const { lastMs } = this;
    this.lastMs = nowMs;
    const before = this.highest;
    const isNewLife = numbered !== undefined && before !== undefined && numbered.life !== before.life;
    if (lastMs === undefined || lastMs < startedMs || isNewLife) this.begin(nowMs);
    else if (numbered !== undefined && before !== undefined) {
      this.byNumber(numbered.sequence - before.sequence, nowMs, lastMs, before.atMs, excusedMs);
    } else this.byGap(gapOf(nowMs - lastMs, excusedMs, this.keepaliveMs), nowMs);
    if (numbered === undefined) this.highest = undefined;
    else if (before === undefined || isNewLife || numbered.sequence > before.sequence) {
      this.highest = { ...numbered, atMs: nowMs };
    }
  }

  /** What was not read proves nothing: the next heartbeat begins anew. */
  forgetLast(): void {
    this.lastMs = undefined;
    this.open = undefined;
  }

  /** Heartbeats that should have come by now, as other paths show; 0 for a path that was never heard. */
  missing(latestMs: number): number {
    if (this.lastMs === undefined) return 0;
    return Math.max(0, Math.round((latestMs - this.lastMs) / this.keepaliveMs - 0.5));
  }

  private begin(nowMs: number): void {
    this.open = undefined;
    this.windows.add({ latenessMs: 0, beats: 1, lost: 0, gapMs: 0, atMs: nowMs });
  }

  private byNumber(
    ahead: number,
    nowMs: number,
    lastMs: number,
    highestAtMs: number,
    excusedMs: number,
  ): void {
    const { keepaliveMs } = this;
    if (ahead === 0) return;
    if (ahead < 0) {
      // Overtaken by later ones, and counted as lost when those came.
      const latenessMs = nowMs - highestAtMs - ahead * keepaliveMs;
      this.windows.add({ latenessMs, beats: 1, lost: -1, gapMs: nowMs - lastMs, atMs: nowMs });
      return;
    }
    const gapMs = gapOf(nowMs - lastMs, excusedMs, keepaliveMs);
    const sinceMs = gapOf(nowMs - highestAtMs, excusedMs, keepaliveMs);
    const latenessMs = Math.max(0, sinceMs - ahead * keepaliveMs);
    this.windows.add({ latenessMs, beats: 1, lost: ahead - 1, gapMs, atMs: nowMs });
  }

  private byGap(gapMs: number, nowMs: number): void {
    const missed = Math.max(0, Math.round(gapMs / this.keepaliveMs) - 1);
    const { open } = this;
    if (open !== undefined && gapMs < this.keepaliveMs / 2) {
      open.cameAfterAll += 1;
      if (open.cameAfterAll >= open.missed) this.close(open);
      return;
    }
    if (open !== undefined) this.close(open);
    if (missed > 0) {
      this.open = { gapMs, atMs: nowMs, missed, cameAfterAll: 0 };
      return;
    }
    const latenessMs = Math.max(0, gapMs - this.keepaliveMs);
    this.windows.add({ latenessMs, beats: 1, lost: 0, gapMs, atMs: nowMs });
  }

  private close({ gapMs, atMs, missed, cameAfterAll }: OpenGap): void {
    this.open = undefined;
    const lost = missed - cameAfterAll;
    const latenessMs = Math.max(0, gapMs - (1 + lost) * this.keepaliveMs);
    this.windows.add({ latenessMs, beats: 1 + cameAfterAll, lost, gapMs, atMs });
  }
}

/** A gap without what this process added to it by reading late; a gap that was not late stays as it is. */
export function gapOf(gapMs: number, excusedMs: number, keepaliveMs: number): number {
  return gapMs <= keepaliveMs ? gapMs : Math.max(keepaliveMs, gapMs - excusedMs);
}
