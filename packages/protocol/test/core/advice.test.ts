import { describe, expect, it } from 'vitest';
import { adviseHeartbeats, roundedUp } from '../../src/core/advice.js';
import type { HeartbeatMeasurement, PathQuality, SilenceWindow } from '../../src/heartbeat-measurement.js';

const QUALITY: PathQuality = {
  beats: 99_000,
  lost: 1_000,
  p50Ms: 0.2,
  p99Ms: 1,
  p999Ms: 2,
  maxMs: 4,
  longestGapMs: 3_001,
};

function measured(window: Partial<SilenceWindow> = {}, changes: Partial<HeartbeatMeasurement> = {}) {
  const silences: SilenceWindow = {
    observedMs: 100_000_000,
    late: [
      [0.2, 50_000],
      [4, 50],
    ],
    longestMs: 1_004,
    ...window,
  };
  const path = { name: 'public', local: 'a', partner: 'b', heard: true };
  return {
    keepaliveMs: 1_000,
    deadtimeMs: 6_000,
    falseTakeoverYears: 10,
    partner: 'running',
    paths: [{ ...path, quality: { hour: QUALITY, day: QUALITY, month: QUALITY } }],
    together: { hour: silences, day: silences, month: silences },
    own: { ticks: 1, p99Ms: 0, p999Ms: 0, maxMs: 0 },
    interruptions: 0,
    adaptive: { enabled: false },
    ...changes,
  } as const satisfies HeartbeatMeasurement;
}

describe('the advice', () => {
  it('keeps the rate that is wanted, and no more deadtime than that takes', () => {
    for (const years of [0.1, 1, 10, 1_000]) {
      const { verdict, proposal, wantedPerYear } = adviseHeartbeats(measured(), years);
      expect(verdict).toBe('proposed');
      expect(proposal?.perYear).toBeLessThanOrEqual(wantedPerYear);
      const shorter = { deadtimeMs: (proposal?.deadtimeMs ?? 0) - 1_100 };
      const { present } = adviseHeartbeats(measured({}, shorter), years);
      expect(present.perYear).toBeGreaterThan(wantedPerYear);
    }
  });

  it('offers shorter keepalives that the lateness allows, all with the wanted rate', () => {
    const { shorter, proposal } = adviseHeartbeats(measured(), 10);
    expect(shorter.map(({ keepaliveMs }) => keepaliveMs)).toEqual([20, 50, 100, 200, 500]);
    for (const { deadtimeMs, perYear } of shorter) {
      expect(perYear).toBeLessThanOrEqual(0.1);
      expect(deadtimeMs).toBeLessThan(proposal?.deadtimeMs ?? 0);
    }
  });

  it('promises nothing where too little is known', () => {
    expect(adviseHeartbeats(measured({ observedMs: 999_000 }), 10)).toMatchObject({
      verdict: 'too few beats',
      present: { keepaliveMs: 1_000, deadtimeMs: 6_000 },
      shorter: [],
    });
    expect(adviseHeartbeats(measured({}, { partner: 'none' }), 10).verdict).toBe('no partner');
    expect(adviseHeartbeats(measured({}, { paths: [] }), 10).verdict).toBe('never heard');
  });

  it('proposes nothing where nothing would do', () => {
    const hopeless = measured({ late: [[3_600_000, 90_000]], longestMs: 3_601_000 });
    expect(adviseHeartbeats(hopeless, 10)).toMatchObject({ verdict: 'no deadtime would do', shorter: [] });
  });

  it('tells what the measured time proves without a model', () => {
    // Three in 100,000 s.
    expect(adviseHeartbeats(measured(), 10).byTimeAlone).toBeCloseTo(937, -1);
  });
});

describe('a rounded deadtime', () => {
  it('has two digits, and is never shorter', () => {
    expect([22.5, 100, 301, 3_018.1, 3_100, 15_200].map(roundedUp)).toEqual([
      23, 100, 310, 3_100, 3_100, 16_000,
    ]);
  });
});
