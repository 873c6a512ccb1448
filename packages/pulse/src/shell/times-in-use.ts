import { monotonicNowMs } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import { settingsInUse, type Times, type TimesBefore, timesBefore, wordHeard } from '../core/pair-times.js';
import type { PulseSettings } from '../core/types.js';

/** Remembers by which times the partner may go while both read a new lvs.cf, and tells the log where they differ. */
export class TimesInUse {
  private left: TimesBefore | undefined;
  private told: Times | undefined;

  constructor(
    private readonly log: Pick<EventLog, 'log'>,
    /** What the beats of the others show. */
    private readonly shown: () => readonly Times[],
  ) {}

  /** What the state machine works with, where lvs.cf and adaptive mode say `settings`. */
  settings(settings: PulseSettings): PulseSettings {
    return settingsInUse(settings, this.left, this.shown(), monotonicNowMs());
  }

  /** Another lvs.cf is in use. */
  reloaded(before: PulseSettings, next: PulseSettings): void {
    this.left = before.hasPartner ? timesBefore(this.left, before, next, monotonicNowMs()) : undefined;
    this.tell(next);
  }

  /** A word of the partner came. @returns whether other times than before are in use */
  heard(settings: PulseSettings): boolean {
    this.left = wordHeard(this.left, settings, monotonicNowMs());
    return this.tell(settings);
  }

  private tell(settings: PulseSettings): boolean {
    const { keepaliveMs, deadtimeMs } = this.settings(settings);
    const before = this.told ?? settings;
    const isOwn = keepaliveMs === settings.keepaliveMs && deadtimeMs === settings.deadtimeMs;
    const isNews = before.keepaliveMs !== keepaliveMs || before.deadtimeMs !== deadtimeMs;
    if (isOwn && this.told !== undefined) this.log.log('PULSE_TIMES_ALIKE', { keepaliveMs, deadtimeMs });
    if (!isOwn && isNews) this.log.log('PULSE_TIMES_DIFFER', { keepaliveMs, deadtimeMs });
    this.told = isOwn ? undefined : { keepaliveMs, deadtimeMs };
    return isNews;
  }
}
