import { monotonicNowMs } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import type { AdaptiveStatus } from '@piranha/protocol';
import { AdaptiveUse } from '../core/adaptive-use.js';
import { ADAPTIVE_REFRESH_MS } from '../core/process-times.js';
import type { PulseEffect, PulseSettings } from '../core/types.js';
import type { HeartbeatMeasure } from './heartbeat-measure.js';
import type { LoadedSettings } from './load-settings.js';

/** Keeps the threshold of adaptive mode fresh, and tells the log of its changes. */
export class AdaptiveDeadtime {
  private readonly use = new AdaptiveUse();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly measure: () => HeartbeatMeasure,
    private readonly log: Pick<EventLog, 'log'>,
    private readonly loaded: () => Pick<LoadedSettings, 'settings' | 'paths'>,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.refresh(), ADAPTIVE_REFRESH_MS);
    this.timer.unref();
  }

  /** Takes what is measured now; to be called at once with a new configuration. */
  refresh(): void {
    const { adaptive } = this.measure().wantsAdaptive
      ? this.measure().measurement('running')
      : { adaptive: { enabled: false } };
    this.tell(this.use.measured(adaptive, this.loaded().settings, monotonicNowMs()));
  }

  /** A heartbeat of the partner came in on this path. */
  heard(path: string): void {
    this.tell(this.use.heard(path, this.loaded().settings, monotonicNowMs()));
  }

  /** The partner was declared dead before the deadtime was over. */
  diedEarly(silentSinceMs: number): void {
    this.use.diedEarly(silentSinceMs);
  }

  /** What the state machine works with now. */
  get settings(): PulseSettings {
    const { settings, paths } = this.loaded();
    return this.use.settings(
      settings,
      paths.map(({ name }) => name),
    );
  }

  /** For pulse's status; undefined where lvs.cf does not ask for it. */
  status(): AdaptiveStatus | undefined {
    return this.measure().wantsAdaptive ? this.use.status() : undefined;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private tell(lines: readonly Extract<PulseEffect, { type: 'log' }>[]): void {
    for (const { event, fields } of lines) this.log.log(event, fields);
  }
}
