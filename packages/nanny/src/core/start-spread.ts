/** First probes begin this far apart, ms: a thousand a second, so that a start is no storm. */
const APART_MS = 1;

/** Gives each new probe its first time, so that those of one interval do not all fall into one moment for ever. */
export class StartSpread {
  private nextFreeMs = 0;

  /** At most one interval from now. */
  startMs(intervalMs: number, nowMs: number): number {
    const startMs = Math.max(this.nextFreeMs, nowMs);
    this.nextFreeMs = startMs + APART_MS;
    return nowMs + ((startMs - nowMs) % Math.max(1, intervalMs));
  }
}
