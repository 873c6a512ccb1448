import { monotonicNowMs } from '@piranha/common';
import type { ProbeLoad } from '@piranha/protocol';
import { RecentDurations } from '@piranha/protocol/durations';

const SPAN_MS = 30_000;

/** What the checks of all probes of this process are measured by. */
export class ProbeFigures {
  readonly lateness = new RecentDurations(SPAN_MS, monotonicNowMs());
  readonly interval = new RecentDurations(SPAN_MS, monotonicNowMs());
  begun = 0;
  failed = 0;
  running = 0;

  get load(): Omit<ProbeLoad, 'services' | 'probes' | 'waiting' | 'heldBack'> {
    const nowMs = monotonicNowMs();
    const { running, begun, failed } = this;
    const lateness = this.lateness.summary(nowMs);
    return { running, begun, failed, lateness, interval: this.interval.summary(nowMs) };
  }
}
