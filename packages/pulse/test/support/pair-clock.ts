import type { NodeRole } from '@piranha/protocol';

interface Scheduled {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A pair on a virtual clock, and for how long nobody or both of it held the addresses. */
export abstract class PairClock {
  nowMs = 0;
  /** Time in which nobody, or both, held the addresses, ms; a test may begin to count anew. */
  nobodyMs = 0;
  bothMs = 0;
  private readonly queue: Scheduled[] = [];
  private order = 0;

  abstract holders(): readonly NodeRole[];

  /** When the next timer of a node is due, ms; not before now. */
  protected abstract timerDueMs(): number;

  /** Serves a timer that is due now. */
  protected abstract serveTimer(): void;

  /** Lets virtual time pass. */
  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (;;) {
      const nextMs = Math.min(this.queue[0]?.atMs ?? Infinity, this.timerDueMs());
      if (nextMs > endMs) break;
      this.passTo(nextMs);
      const first = this.queue[0];
      if (first !== undefined && first.atMs <= nextMs) {
        this.queue.shift();
        first.run();
      } else {
        this.serveTimer();
      }
    }
    this.passTo(endMs);
  }

  /** Things of one moment happen in the order in which they were asked for, and before timers. */
  protected after(delayMs: number, run: () => void): void {
    this.order += 1;
    this.queue.push({ atMs: this.nowMs + delayMs, order: this.order, run });
    this.queue.sort((one, other) => one.atMs - other.atMs || one.order - other.order);
  }

  private passTo(atMs: number): void {
    const passedMs = Math.max(0, atMs - this.nowMs);
    const holders = this.holders().length;
    if (holders === 0) this.nobodyMs += passedMs;
    if (holders === 2) this.bothMs += passedMs;
    this.nowMs = Math.max(this.nowMs, atMs);
  }
}
