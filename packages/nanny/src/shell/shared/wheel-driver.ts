import { monotonicNowMs } from '@piranha/common';
import { TimerWheel, WheelTimer } from '../../core/timer-wheel.js';
import type { WakeUp } from '../wake-up.js';

/** Turns the wheel with one timer of Node for thousands of probes. */
export class WheelDriver {
  private readonly wheel = new TimerWheel<Alarm>(monotonicNowMs());
  private timer: NodeJS.Timeout | undefined;
  private armedForMs = Number.POSITIVE_INFINITY;

  /** An alarm; `onDue` is told for when it was set, just before it goes off. */
  wakeUp(onDue: (dueMs: number) => void): WakeUp {
    const alarm = new Alarm(onDue);
    return {
      set: (atMs, wake) => {
        alarm.wake = wake;
        this.wheel.set(alarm.timer, atMs);
        this.arm(atMs);
      },
      clear: () => {
        alarm.wake = undefined;
        this.wheel.remove(alarm.timer);
      },
    };
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
    for (const { value } of this.wheel.advance(monotonicNowMs())) value.goOff();
    this.arm(this.wheel.nextTurnMs());
  }
}

class Alarm {
  readonly timer: WheelTimer<Alarm> = new WheelTimer<Alarm>(this);
  wake: (() => void) | undefined;

  constructor(private readonly onDue: (dueMs: number) => void) {}

  goOff(): void {
    const { wake, timer } = this;
    // It was cleared or set anew by another one that went off in the same turn.
    if (wake === undefined || timer.slot !== undefined) return;
    this.wake = undefined;
    this.onDue(timer.dueMs);
    wake();
  }
}
