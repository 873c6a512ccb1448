import type { HeartbeatMeasurement } from '@piranha/protocol';
import {
  AdaptiveUse,
  adaptiveMode,
  guardedSilenceMs,
  HeartbeatStatistics,
  type PulseSettings,
} from '@piranha/pulse/machines';
import { PATHS, type PathNumber } from './network.js';

const NAMES = PATHS.map(String);

/** What pulse measures of its partner's heartbeats and makes of it: the daemon's own statistics and adaptive mode. */
export class SimulatedMeasure {
  private statistics: HeartbeatStatistics;
  private use = new AdaptiveUse();

  constructor(
    { keepaliveMs, deadtimeMs }: PulseSettings,
    private adaptive: boolean,
    private readonly falseTakeoverYears: number,
  ) {
    this.statistics = new HeartbeatStatistics(NAMES, keepaliveMs, deadtimeMs);
  }

  heard(path: PathNumber, settings: PulseSettings, nowMs: number): void {
    this.statistics.heard(String(path), { nowMs });
    this.use.heard(String(path), settings, nowMs);
  }

  late(lateMs: number, nowMs: number): void {
    this.statistics.late(lateMs, nowMs);
  }

  diedEarly(silentSinceMs: number): void {
    this.use.diedEarly(silentSinceMs);
  }

  settings(base: PulseSettings): PulseSettings {
    return this.use.settings(base, NAMES);
  }

  /** Goes on counting with another deadtime, without adaptive mode. */
  keepToDeadtime({ keepaliveMs, deadtimeMs }: PulseSettings, nowMs: number): void {
    this.adaptive = false;
    const saved = this.statistics.saved(nowMs);
    this.statistics = new HeartbeatStatistics(NAMES, keepaliveMs, deadtimeMs);
    this.statistics.restore(saved, nowMs);
  }

  /** The process was started again: of what it knew, the counts are left. */
  restart(): void {
    this.use = new AdaptiveUse();
  }

  /** Looks at what was measured, as pulse does now and then. */
  refresh(settings: PulseSettings, nowMs: number): void {
    const { adaptive } = this.measurement(settings, nowMs);
    this.use.measured(adaptive, settings, nowMs);
  }

  /** The threshold in use, ms, and the deaths declared too early. */
  get status(): ReturnType<AdaptiveUse['status']> {
    return this.use.status();
  }

  measurement({ keepaliveMs, deadtimeMs }: PulseSettings, nowMs: number): HeartbeatMeasurement {
    const { paths, ...measured } = this.statistics.measured(nowMs, String);
    const figures = {
      keepaliveMs,
      deadtimeMs,
      falseTakeoverYears: this.falseTakeoverYears,
      partner: 'running' as const,
      paths: [...paths].map(([name, of]) => ({ name, local: name, partner: name, ...of })),
      ...measured,
    };
    const mode = adaptiveMode(figures, guardedSilenceMs(figures));
    return { ...figures, adaptive: { enabled: this.adaptive, ...mode } };
  }
}
