import { beforeAll, describe, expect, it } from 'vitest';
import { pairSettings, Soak, type SoakFigures, soakSeed } from '../../src/index.js';

/** Two independent paths, each of which loses a twentieth and delays the rest by up to 50 ms. */
const NOISE = { lossShare: 0.05, jitterMs: 50, duplicateShare: 0 };
const KEEPALIVE_MS = 200;
const DEADTIME_MS = 2_000;
const settings = pairSettings(KEEPALIVE_MS, DEADTIME_MS);
const CRASHES = 5;

function soak(seed: number): SoakFigures {
  return soakSeed({
    seed,
    settings,
    noise: NOISE,
    falseTakeoverYears: 10,
    measuredHours: 1,
    hours: 1,
    crashes: CRASHES,
  });
}

describe.each([
  ['fixed', 1],
  ['fresh', Math.floor(Math.random() * 2 ** 31)],
])('hours with a twentieth lost and 50 ms jitter, %s seed %i', (_, seed) => {
  let figures: SoakFigures;
  beforeAll(() => {
    figures = soak(seed);
  }, 120_000);

  it('adaptive mode makes no false takeover', () => {
    expect(figures.falseTakeoversAdaptive).toBe(0);
    expect(figures.thresholdMs).toBeGreaterThan(2 * KEEPALIVE_MS);
    expect(figures.thresholdMs).toBeLessThan(DEADTIME_MS);
  });

  it('adaptive mode notices a death earlier than the deadtime would', () => {
    const { detectedMs, thresholdMs = Infinity } = figures;
    expect(detectedMs).toHaveLength(CRASHES);
    // A path that had just lost heartbeats sends its death back to the deadtime.
    const early = detectedMs.filter((ms) => ms < DEADTIME_MS - KEEPALIVE_MS);
    expect(early.length).toBeGreaterThan(CRASHES / 2);
    for (const ms of detectedMs) expect(ms).toBeGreaterThan(thresholdMs / 2);
  });

  it('the settings that lvsctl advise proposes make no false takeover', () => {
    expect(figures.falseTakeoversAdvised).toBe(0);
    expect(figures.advisedDeadtimeMs).toBeLessThan(DEADTIME_MS);
  });
});

it('a deadtime that is too short for this network makes false takeovers', () => {
  const pair = new Soak({ seed: 1, settings, noise: NOISE, adaptive: false, falseTakeoverYears: 10 });
  pair.keepToDeadtime(KEEPALIVE_MS + NOISE.jitterMs + 10);
  pair.run(600_000);
  expect(pair.falseTakeovers).toBeGreaterThan(0);
});
