import type { LatenessCounts } from './core/lateness.js';

/** What pulse measured of the heartbeats it hears; pulse's method `heartbeats` answers a HeartbeatMeasurement. */

/** The last hour, day and 30 days. Each forgets in steps: it covers between three quarters and all of its span. */
export interface Windows<T> {
  readonly hour: T;
  readonly day: T;
  readonly month: T;
}

/** One path in one window. Lateness is what a gap between two arrivals had beyond the keepalives that belong in it. */
export interface PathQuality {
  /** Heartbeats that arrived. */
  readonly beats: number;
  /** Heartbeats that did not: by their sequence numbers, with the old protocol inferred from gaps. */
  readonly lost: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** The latest heartbeat, ms. */
  readonly maxMs: number;
  /** The longest time between two arrivals, ms. */
  readonly longestGapMs: number;
  /** When that one ended, ISO 8601. */
  readonly longestGapAt?: string | undefined;
}

/** All paths as one: the silences that could end in a takeover. */
export interface SilenceWindow {
  /** How long the partner was heard, ms. */
  readonly observedMs: number;
  /** Of each time between two arrivals on any path: what it had beyond one keepalive. On time is not counted. */
  readonly late: LatenessCounts;
  /** The longest time without a heartbeat on any path, ms. */
  readonly longestMs: number;
  readonly longestAt?: string | undefined;
}

export interface PathMeasurement {
  readonly name: string;
  readonly local: string;
  readonly partner: string;
  /** False while nothing has arrived on it. */
  readonly heard: boolean;
  readonly quality: Windows<PathQuality>;
}

/** How late this process itself was; what it read late is not blamed on a path. */
export interface OwnLateness {
  readonly ticks: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** What the partner says of itself. `silent`: it is not heard; `none`: lvs.cf names none. */
export type PartnerState = 'running' | 'stopped' | 'silent' | 'none';

export interface HeartbeatMeasurement {
  readonly keepaliveMs: number;
  readonly deadtimeMs: number;
  /** lvs.cf's wish: at most one false takeover in so many years. */
  readonly falseTakeoverYears: number;
  readonly partner: PartnerState;
  readonly paths: readonly PathMeasurement[];
  readonly together: Windows<SilenceWindow>;
  /** Of the last day. */
  readonly own: OwnLateness;
  /** Silences longer than the deadtime with nothing to prove that the partner lived: they are in no window. */
  readonly interruptions: number;
  readonly adaptive: {
    /** lvs.cf's `adaptive`. */
    readonly enabled: boolean;
    /** Silence on all paths, ms, after which the partner could be declared dead. */
    readonly thresholdMs?: number | undefined;
    /** Why there is no such threshold. */
    readonly because?: string | undefined;
  };
}
