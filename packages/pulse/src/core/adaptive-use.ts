import type { EventFields, EventId } from '@piranha/events/catalogue';
import type { AdaptiveStatus } from '@piranha/protocol';
import { roundedUp } from '@piranha/protocol/heartbeat-advice';
import type { AdaptiveMode } from './adaptive.js';
import type { PulseEffect, PulseSettings } from './types.js';

/** A threshold that got shorter is used no sooner after the last change: a log is no curve, ms. */
const SHORTEN_AFTER_MS = 600_000;
/** One that was gone comes back no sooner, ms. */
const RETURN_AFTER_MS = 60_000;
/** The first false alarm costs so long without adaptive mode, each further one twice as long, ms. */
const FIRST_PAUSE_MS = 3_600_000;
const LONGEST_PAUSE_MS = 86_400_000;

type LogLine = Extract<PulseEffect, { type: 'log' }>;

function line(event: EventId, fields: EventFields): LogLine {
  return { type: 'log', event, fields };
}

/** What the measurement says of adaptive mode. */
interface MeasuredAdaptive extends AdaptiveMode {
  readonly enabled: boolean;
}

/**
 * Which threshold of adaptive mode is in use. A longer one counts at once, a shorter one later; a death that was declared
 * too early ends it for a while. Times are monotonic ms. Changed in place: it is told of each heartbeat.
 */
export class AdaptiveUse {
  private usedMs: number | undefined;
  private because: string | undefined;
  private changedAtMs = Number.NEGATIVE_INFINITY;
  private pausedUntilMs = Number.NEGATIVE_INFINITY;
  private falseAlarms = 0;
  /** Since when a partner was silent that was declared dead early. */
  private doubtedSinceMs: number | undefined;
  private readonly heardAtMs = new Map<string, number>();

  /** Takes what is measured now. @returns what the log is told, each change in one line */
  measured(mode: MeasuredAdaptive, { deadtimeMs }: PulseSettings, nowMs: number): readonly LogLine[] {
    const { usedMs, because } = this;
    const wanted = this.wanted(mode, deadtimeMs, nowMs);
    this.because = wanted.because;
    if (wanted.thresholdMs === undefined) {
      this.usedMs = undefined;
      // Nobody asked for it, or it was told already.
      if (usedMs === undefined && (because !== undefined || !mode.enabled)) return [];
      this.changedAtMs = nowMs;
      return [line('PULSE_ADAPTIVE_OFF', { deadtimeMs, reason: wanted.because })];
    }
    if (wanted.thresholdMs === usedMs) return [];
    const longer = usedMs !== undefined && wanted.thresholdMs > usedMs;
    const restMs = usedMs === undefined ? RETURN_AFTER_MS : SHORTEN_AFTER_MS;
    if (!longer && nowMs - this.changedAtMs < restMs && this.changedAtMs > Number.NEGATIVE_INFINITY) {
      if (usedMs === undefined) this.because = 'it was measured just now';
      return [];
    }
    this.usedMs = wanted.thresholdMs;
    this.changedAtMs = nowMs;
    const reason =
      usedMs === undefined ? 'measured well enough' : `${longer ? 'more' : 'less'} silence measured`;
    return [line('PULSE_ADAPTIVE_ON', { thresholdMs: wanted.thresholdMs, deadtimeMs, reason })];
  }

  /** A heartbeat came in on a path. */
  heard(path: string, { deadtimeMs }: PulseSettings, nowMs: number): readonly LogLine[] {
    this.heardAtMs.set(path, nowMs);
    const { doubtedSinceMs } = this;
    this.doubtedSinceMs = undefined;
    // Behind the deadtime it would count as dead without adaptive mode too.
    if (doubtedSinceMs === undefined || nowMs - doubtedSinceMs >= deadtimeMs) return [];
    this.falseAlarms += 1;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.falseAlarms - 1));
    this.pausedUntilMs = nowMs + pauseMs;
    this.changedAtMs = nowMs;
    const fields = {
      pauseMinutes: pauseMs / 60_000,
      silentMs: Math.round(nowMs - doubtedSinceMs),
      adaptiveMs: this.usedMs,
      deadtimeMs,
      falseAlarms: this.falseAlarms,
    };
    this.usedMs = undefined;
    this.because = 'a partner that lived was declared dead';
    return [line('PULSE_ADAPTIVE_FALSE', fields)];
  }

  /** The partner was declared dead by the threshold. */
  diedEarly(silentSinceMs: number): void {
    this.doubtedSinceMs = silentSinceMs;
  }

  /** The settings with the threshold in use: not while a path has been silent for longer than the others. */
  settings(base: PulseSettings, paths: readonly string[]): PulseSettings {
    const adaptiveMs = this.usedMs;
    if (adaptiveMs === undefined || adaptiveMs >= base.deadtimeMs) return base;
    const heard = paths.map((path) => this.heardAtMs.get(path) ?? Number.NEGATIVE_INFINITY);
    // Else the silence of all would be the silence of one.
    const together = paths.length > 1 && Math.max(...heard) - Math.min(...heard) <= adaptiveMs;
    return together ? { ...base, adaptiveMs } : base;
  }

  status(): AdaptiveStatus {
    const { usedMs, because, falseAlarms } = this;
    return usedMs === undefined ? { because, falseAlarms } : { thresholdMs: usedMs, falseAlarms };
  }

  private wanted(mode: MeasuredAdaptive, deadtimeMs: number, nowMs: number): AdaptiveMode {
    if (!mode.enabled) return { because: 'adaptive = 0' };
    if (nowMs < this.pausedUntilMs) return { because: 'a partner that lived was declared dead' };
    if (mode.thresholdMs === undefined) return { because: mode.because ?? 'nothing is measured' };
    const thresholdMs = roundedUp(mode.thresholdMs);
    return thresholdMs < deadtimeMs
      ? { thresholdMs }
      : { because: 'what was measured asks for the whole deadtime' };
  }
}
