import { monotonicNowMs } from '@piranha/common';
import { LONGEST_WAIT_MS } from '../core/process-times.js';

/** What the timer of the state machines works with. */
export interface TickNeeds {
  /** When the next tick is due, monotonic ms. */
  readonly dueMs: () => number;
  /** The timer fired so late. */
  readonly onLate: (lateMs: number) => void;
  readonly hasSlept: (lateMs: number, nowMs: number) => boolean;
  readonly onTick: (dueMs: number) => void;
}

/** Ticks when the state machines want it, behind whatever waits in the sockets by then. */
export class TickTimer {
  private timer: NodeJS.Timeout | undefined;
  private dueMs = Infinity;
  private soonTick: NodeJS.Immediate | undefined;

  constructor(private readonly needs: TickNeeds) {}

  /** Looks anew when the next tick is due. */
  plan(): void {
    const nowMs = monotonicNowMs();
    const waitMs = Math.max(0, Math.min(this.needs.dueMs() - nowMs, LONGEST_WAIT_MS));
    clearTimeout(this.timer);
    this.dueMs = nowMs + waitMs;
    this.timer = setTimeout(() => this.fired(monotonicNowMs()), waitMs);
  }

  /** Ticks once what waits in the sockets is read. */
  soon(): void {
    const { dueMs } = this;
    this.soonTick ??= setImmediate(() => {
      this.soonTick = undefined;
      this.needs.onTick(dueMs);
    });
  }

  stop(): void {
    clearTimeout(this.timer);
    clearImmediate(this.soonTick);
  }

  private fired(nowMs: number): void {
    const { dueMs, needs } = this;
    const lateMs = Math.max(0, nowMs - dueMs);
    needs.onLate(lateMs);
    // Who slept trusts nothing that waits in its sockets; who is only late reads it first.
    if (needs.hasSlept(lateMs, nowMs)) needs.onTick(dueMs);
    else this.soon();
  }
}
