/** So many whole seconds count. */
const SPAN_SECONDS = 10;

/** How often something happens in a second, of the last ten whole seconds. Times are monotonic ms. */
export class RateMeter {
  /** By second. */
  private readonly counts = new Map<number, number>();

  constructor(private readonly beganMs: number) {}

  /** @param count how often since it was told last */
  add(count: number, nowMs: number): void {
    const second = secondOf(nowMs);
    this.counts.set(second, (this.counts.get(second) ?? 0) + count);
    for (const old of this.counts.keys()) if (old < second - SPAN_SECONDS) this.counts.delete(old);
  }

  /** In a second, rounded to tenths; 0 before a whole second has passed. */
  perSecond(nowMs: number): number {
    const present = secondOf(nowMs);
    const first = Math.max(secondOf(this.beganMs), present - SPAN_SECONDS);
    const seconds = present - first;
    if (seconds === 0) return 0;
    let sum = 0;
    for (const [second, count] of this.counts) if (second >= first && second < present) sum += count;
    return Math.round((sum / seconds) * 10) / 10;
  }
}

function secondOf(ms: number): number {
  return Math.floor(ms / 1_000);
}
