import { monotonicNowMs } from '@piranha/common';

/** A repeating timer that tells how late it was: a process that slept must not blame others. */
export class Ticker {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly intervalMs: number,
    private readonly onTick: (lateMs: number) => void,
  ) {}

  start(): void {
    if (this.timer !== undefined) return;
    let dueMs = monotonicNowMs() + this.intervalMs;
    this.timer = setInterval(() => {
      const nowMs = monotonicNowMs();
      const lateMs = Math.max(0, nowMs - dueMs);
      dueMs = nowMs + this.intervalMs;
      this.onTick(lateMs);
    }, this.intervalMs);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
