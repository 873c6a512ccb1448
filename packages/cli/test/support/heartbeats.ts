import type { HeartbeatMeasurement, PathQuality, SilenceWindow, Windows } from '@piranha/protocol';

/** The same in every window. */
export function always<T>(window: T): Windows<T> {
  return { hour: window, day: window, month: window };
}

export function quality(changes: Partial<PathQuality> = {}): PathQuality {
  return {
    beats: 183_590,
    lost: 10,
    p50Ms: 0.283,
    p99Ms: 1.345,
    p999Ms: 4.353,
    maxMs: 18.102,
    longestGapMs: 2_003,
    longestGapAt: '2026-02-28T03:12:45.120Z',
    ...changes,
  };
}

export function silences(changes: Partial<SilenceWindow> = {}): SilenceWindow {
  return {
    observedMs: 183_600_000,
    late: [
      [0.283, 110_000],
      [1.345, 1_700],
      [4.353, 160],
      [18.102, 3],
    ],
    longestMs: 1_018.1,
    longestAt: '2026-02-27T22:00:31.004Z',
    ...changes,
  };
}

/** Two days of a good pair with two paths. */
export function heartbeats(changes: Partial<HeartbeatMeasurement> = {}): HeartbeatMeasurement {
  const addresses = { local: '192.0.2.1', partner: '192.0.2.2' };
  const second = { local: '10.9.9.1', partner: '10.9.9.2' };
  return {
    keepaliveMs: 1_000,
    deadtimeMs: 6_000,
    falseTakeoverYears: 10,
    partner: 'stopped',
    paths: [
      { name: 'public', ...addresses, heard: true, quality: always(quality()) },
      {
        name: 'private',
        ...second,
        heard: true,
        quality: always(
          quality({
            beats: 183_600,
            lost: 0,
            p999Ms: 1.6,
            maxMs: 9.866,
            longestGapMs: 1_010,
            longestGapAt: '2026-02-28T11:40:02.330Z',
          }),
        ),
      },
    ],
    together: always(silences()),
    own: { ticks: 90_000, p99Ms: 1.131, p999Ms: 2.263, maxMs: 12.8 },
    interruptions: 1,
    adaptive: { enabled: false, thresholdMs: 3_019 },
    ...changes,
  };
}
