import { monotonicNowMs } from '@piranha/common';
import { TimerWheel, type WheelTimer } from '../../core/timer-wheel.js';
import type { WakeUp } from '../wake-up.js';

/** Turns the wheel with one timer of Node for thousands of probes. */
export class WheelDriver {
  private readonly wheel = new TimerWheel<(dueMs: number) => void>(monotonicNowMs());
  private timer: NodeJS.Timeout | undefined;
  private armedForMs = Number.POSITIVE_INFINITY;

  /** An alarm; `onDue` is told for when it was set, just before it goes off. */
  wakeUp(onDue: (dueMs: number) => void): WakeUp {
    let timer: WheelTimer<(dueMs: number) => void> | undefined;
    const clear = () => {
      if (timer) this.wheel.remove(timer);
      timer = undefined;
    };
    const set = (atMs: number, wake: () => void) => {
      clear();
      const own = this.wheel.add(atMs, (dueMs) => {
        // It was set anew or cleared by another one that went off in the same turn.
        if (timer !== own) return;
        timer = undefined;
        onDue(dueMs);
        wake();
      });
      timer = own;
      this.arm(atMs);
    };
    return { set, clear };
  }

  stop(): void {
    clearTimeout(this.timer);
    this.armedForMs = Number.NEGATIVE_INFINITY;
  }

  private arm(atMs: number | undefined): void {
    if (atMs === undefined || atMs >= this.armedForMs) return;
    this.armedForMs = atMs;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.turn(), Math.max(1, Math.ceil(atMs - monotonicNowMs())));
  }

  private turn(): void {
    this.armedForMs = Number.POSITIVE_INFINITY;
    for (const { value, dueMs } of this.wheel.advance(monotonicNowMs())) value(dueMs);
    this.arm(this.wheel.nextTurnMs());
  }
}
