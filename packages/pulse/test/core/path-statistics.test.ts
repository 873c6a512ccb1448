import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  HeartbeatStatistics,
  type MeasuredHeartbeats,
  savedStatistics,
} from '../../src/core/path-statistics.js';

const KEEPALIVE_MS = 100;
const DEADTIME_MS = 1_000;
const DAY_MS = 86_400_000;
const clock = (atMs: number): string => `at ${Math.round(atMs)}`;

function statistics(...keys: string[]): HeartbeatStatistics {
  return new HeartbeatStatistics(keys.length === 0 ? ['a'] : keys, KEEPALIVE_MS, DEADTIME_MS);
}

function hear(counts: HeartbeatStatistics, times: readonly number[], key = 'a'): void {
  for (const nowMs of times) counts.heard(key, { nowMs });
}

/** Heartbeats on time from `fromMs` on. */
function onTime(count: number, fromMs = 0): number[] {
  return Array.from({ length: count }, (_, beat) => fromMs + beat * KEEPALIVE_MS);
}

function pathOf(measured: MeasuredHeartbeats, key = 'a') {
  const quality = measured.paths.get(key)?.quality.hour;
  if (quality === undefined) throw new Error(`no path ${key}`);
  return quality;
}

describe('a path without sequence numbers', () => {
  it('loses nothing while heartbeats are on time', () => {
    const counts = statistics();
    hear(counts, onTime(50));
    const quality = pathOf(counts.measured(5_000, clock));
    expect(quality).toMatchObject({ beats: 50, lost: 0, maxMs: 0.1, longestGapMs: 100 });
  });

  it('lost k - 1 heartbeats in a gap of k keepalives', () => {
    const counts = statistics();
    hear(counts, [...onTime(10), 1_203, ...onTime(10, 1_303)]);
    const quality = pathOf(counts.measured(3_000, clock));
    expect(quality).toMatchObject({ beats: 21, lost: 2, longestGapMs: 303, longestGapAt: 'at 1203' });
    expect(quality.maxMs).toBeGreaterThanOrEqual(3);
    expect(quality.maxMs).toBeLessThan(3.3);
  });

  it('lost none that came in behind: they were late', () => {
    const counts = statistics();
    hear(counts, [0, 100, 390, 391, 400, 500, 600]);
    const quality = pathOf(counts.measured(700, clock));
    expect(quality).toMatchObject({ beats: 7, lost: 0, longestGapMs: 290 });
    expect(quality.maxMs).toBeGreaterThanOrEqual(190);
  });

  it('finds the share of losses and the lateness of a simulated one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.2, noNaN: true }), fc.nat(), (loss, seed) => {
        let state = seed;
        const random = (): number => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
          return state / 2 ** 32;
        };
        const counts = statistics();
        let lost = 0;
        for (let beat = 0; beat < 2_000; beat += 1) {
          if (beat > 0 && beat < 1_998 && random() < loss) lost += 1;
          else hear(counts, [beat * KEEPALIVE_MS + random() * 20]);
        }
        const quality = pathOf(counts.measured(200_000, clock));
        // A run of more than the deadtime is an interruption; at a fifth lost there are none of those in 2,000.
        expect(quality.lost).toBe(lost);
        expect(quality.maxMs).toBeLessThan(22);
      }),
      { seed: 11, numRuns: 30 },
    );
  });
});

describe('a path with sequence numbers', () => {
  function numbered(counts: HeartbeatStatistics, beats: readonly (readonly [number, number])[], life = 'x') {
    for (const [nowMs, sequence] of beats) counts.heard('a', { nowMs, numbered: { life, sequence } });
  }

  it('knows losses, and a late heartbeat from a lost one', () => {
    const counts = statistics();
    numbered(counts, [
      [0, 1],
      [100, 2],
      [400, 5],
      [401, 4],
      [500, 6],
    ]);
    const quality = pathOf(counts.measured(600, clock));
    expect(quality).toMatchObject({ beats: 5, lost: 1, longestGapMs: 300 });
    expect(quality.maxMs).toBeGreaterThanOrEqual(101);
  });

  it('counts a silence longer than the deadtime where the partner lived through it', () => {
    const counts = statistics();
    numbered(counts, [
      [0, 1],
      [100, 2],
      [3_100, 32],
      [3_200, 33],
    ]);
    const measured = counts.measured(4_000, clock);
    expect(measured.together.hour).toMatchObject({
      longestMs: 3_000,
      longestAt: 'at 3100',
      observedMs: 3_200,
    });
    expect(measured.interruptions).toBe(0);
    expect(pathOf(measured).lost).toBe(29);
  });

  it('begins anew with a new life of the partner', () => {
    const counts = statistics();
    numbered(counts, [
      [0, 901],
      [100, 902],
    ]);
    numbered(
      counts,
      [
        [600, 1],
        [700, 2],
      ],
      'y',
    );
    const measured = counts.measured(1_000, clock);
    expect(pathOf(measured)).toMatchObject({ beats: 4, lost: 0 });
    expect(measured.together.hour.longestMs).toBe(100);
  });
});

describe('all paths together', () => {
  it('are as silent as the one that is heard most', () => {
    const counts = statistics('a', 'b');
    for (const nowMs of onTime(100)) {
      if (nowMs % 500 !== 0) counts.heard('a', { nowMs });
      if (nowMs % 300 !== 0) counts.heard('b', { nowMs: nowMs + 1 });
    }
    const measured = counts.measured(10_000, clock);
    // Both miss the same heartbeat each 1.5 s.
    expect(measured.together.hour.longestMs).toBeCloseTo(199, 5);
    expect(pathOf(measured, 'a').lost).toBe(19);
    expect(measured.together.hour.late.filter(([upToMs]) => upToMs > 50)).toEqual([
      [expect.closeTo(99, -1), 6],
    ]);
  });

  it('leave out a silence in which the partner may have been down', () => {
    const counts = statistics('a', 'b');
    hear(counts, onTime(10), 'a');
    hear(counts, onTime(10), 'b');
    hear(counts, onTime(10, 60_000), 'a');
    hear(counts, onTime(10, 60_001), 'b');
    const measured = counts.measured(70_000, clock);
    expect(measured.interruptions).toBe(1);
    expect(measured.together.hour.longestMs).toBe(100);
    expect(['a', 'b'].map((key) => pathOf(measured, key).lost)).toEqual([0, 0]);
  });

  it('show that a path is dead that is silent itself', () => {
    const counts = statistics('a', 'b');
    for (const nowMs of onTime(100)) {
      counts.heard('a', { nowMs });
      if (nowMs < 5_000) counts.heard('b', { nowMs });
    }
    expect(pathOf(counts.measured(10_000, clock), 'b')).toMatchObject({ beats: 50, lost: 50 });
  });
});

describe('the lateness of this process', () => {
  it('is not blamed on a path', () => {
    const counts = statistics();
    hear(counts, onTime(10));
    counts.late(400, 1_400);
    hear(counts, [1_401, 1_500, 1_600]);
    const measured = counts.measured(2_000, clock);
    expect(pathOf(measured)).toMatchObject({ lost: 0, longestGapMs: 101 });
    expect(measured.own).toMatchObject({ ticks: 1 });
    expect(measured.own.maxMs).toBeGreaterThanOrEqual(400);
  });

  it('beyond the deadtime begins everything anew', () => {
    const counts = statistics('a', 'b');
    hear(counts, onTime(10), 'a');
    counts.late(5_000, 6_000);
    hear(counts, onTime(10, 6_001), 'a');
    const measured = counts.measured(7_000, clock);
    expect(measured.interruptions).toBe(0);
    expect(measured.together.hour.longestMs).toBe(100);
  });
});

describe('the windows', () => {
  it('forget', () => {
    const counts = statistics();
    hear(counts, [...onTime(10), 1_300, ...onTime(10, 1_400)]);
    hear(counts, onTime(10, 1_000 + 3_600_000));
    const { hour, day } = counts.measured(3_602_000, clock).paths.get('a')?.quality ?? {};
    expect(hour).toMatchObject({ lost: 0, longestGapMs: 100 });
    expect(day).toMatchObject({ lost: 3 });
    expect(counts.measured(40 * DAY_MS, clock).paths.get('a')?.quality.month.beats).toBe(0);
  });

  it('stay small, whatever comes', () => {
    const counts = statistics();
    let nowMs = 0;
    for (let beat = 0; beat < 50_000; beat += 1) {
      nowMs += ((beat * 7_919) % 1_000_000) / 1_000;
      counts.heard('a', { nowMs });
    }
    const size = JSON.stringify(counts.saved(nowMs)).length;
    for (let beat = 0; beat < 200_000; beat += 1) {
      nowMs += ((beat * 7_919) % 1_000_000) / 1_000;
      counts.heard('a', { nowMs });
    }
    expect(JSON.stringify(counts.saved(nowMs)).length).toBeLessThan(Math.max(2 * size, 200_000));
  });

  it('outlive a restart, and end with a new keepalive or a boot', () => {
    const counts = statistics();
    hear(counts, [...onTime(10), 1_300, ...onTime(10, 1_400)]);
    const saved = savedStatistics.parse(JSON.parse(JSON.stringify(counts.saved(3_000))));
    const again = statistics();
    again.restore(saved, 3_500);
    expect(again.measured(4_000, clock)).toEqual(counts.measured(4_000, clock));
    hear(again, onTime(5, 5_000));
    expect(pathOf(again.measured(6_000, clock))).toMatchObject({ beats: 26, lost: 3 });
    const booted = statistics();
    booted.restore(saved, 2_000);
    expect(pathOf(booted.measured(2_000, clock)).beats).toBe(0);
    const other = new HeartbeatStatistics(['a'], 50, DEADTIME_MS);
    other.restore(saved, 3_500);
    expect(pathOf(other.measured(4_000, clock)).beats).toBe(0);
  });
});
