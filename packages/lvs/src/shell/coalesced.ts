import { monotonicNowMs } from '@piranha/common';

/**
 * Work that is asked for many times and done once for all of them: at the end of the turn, and no sooner than it took
 * the last time. So ten thousand first verdicts cost no more than half a processor, and a single one waits for nothing.
 */
export class Coalesced {
  private isAsked = false;
  private notBeforeMs = 0;

  constructor(private readonly work: () => void) {}

  request(): void {
    if (this.isAsked) return;
    this.isAsked = true;
    const waitMs = this.notBeforeMs - monotonicNowMs();
    if (waitMs > 0) setTimeout(() => this.run(), waitMs);
    else setImmediate(() => this.run());
  }

  private run(): void {
    this.isAsked = false;
    const startedMs = monotonicNowMs();
    this.work();
    const endedMs = monotonicNowMs();
    this.notBeforeMs = endedMs + (endedMs - startedMs);
  }
}
