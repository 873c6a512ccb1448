import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failed, passed } from '../../src/check.js';
import { initialLoop, type LoopEffect, type LoopPolicy, stepLoop } from '../../src/core/check-loop.js';
import { ReportFilter } from '../../src/core/report-filter.js';

const server = '10.0.0.1:80';
const UP = passed('connected');
const DOWN = failed('NANNY_CONNECT_FAILED', { server, error: 'ECONNREFUSED' });
const POLICY: LoopPolicy = { intervalMs: 1_000, reentryMs: 180_000, server };
const MINUTE_MS = 60_000;

/** Whether the server is up at a moment, ms. */
type Wave = (nowMs: number) => boolean;

/** Up for so long, then down for so long, and so on. */
const wave =
  (upMs: number, downMs: number): Wave =>
  (nowMs) =>
    nowMs % (upMs + downMs) < upMs;

/** What lvsd and the log hear of a server on a virtual clock. */
function watch(changes: Partial<LoopPolicy>, isUp: Wave, forMs = 10 * MINUTE_MS) {
  const policy = { ...POLICY, ...changes };
  const filter = new ReportFilter();
  let state = initialLoop(policy, 'unknown');
  const told = { checks: 0, reports: 0, transitions: [] as boolean[], lines: 0 };
  const hear = (effect: LoopEffect, nowMs: number) => {
    if (effect.type === 'check') told.checks += 1;
    if (effect.type === 'log') told.lines += 1;
    if (effect.type === 'transition') told.transitions.push(effect.up);
    if (effect.type === 'result' && filter.isNews(effect, nowMs)) told.reports += 1;
  };
  const feed = (event: Parameters<typeof stepLoop>[2], nowMs: number) => {
    const step = stepLoop(policy, state, event, nowMs);
    state = step.state;
    for (const effect of step.effects) hear(effect, nowMs);
  };
  let nowMs = 0;
  feed({ type: 'start' }, nowMs);
  while (nowMs < forMs) {
    const { checkNumber } = state;
    feed({ type: 'checked', checkNumber, outcome: isUp(nowMs) ? UP : DOWN, durationMs: 1 }, nowMs);
    nowMs = state.nextCheckMs ?? forMs;
    feed({ type: 'timer' }, nowMs);
  }
  return told;
}

describe('a server that is up and down in turn, a second each', () => {
  const each = wave(1_000, 1_000);

  it('goes out once, and stays out as long as it never serves its re-entry time', () => {
    expect(watch({}, each).transitions).toEqual([true, false]);
  });

  it('is not taken out where two failures in a row are needed', () => {
    expect(watch({ rise: 1, fall: 2 }, each).transitions).toEqual([true]);
  });

  it('does not come back where two good checks in a row are needed', () => {
    expect(watch({ rise: 2, fall: 1 }, each).transitions).toEqual([true, false]);
  });

  it('is followed by who wants it so: one change for each check, no more', () => {
    const { checks, transitions } = watch({ rise: 1, fall: 1 }, each, MINUTE_MS);
    expect(transitions).toEqual(Array.from({ length: checks - 1 }, (_, number) => number % 2 === 0));
  });

  it('is told of once a check, and in two lines', () => {
    const { checks, reports, lines } = watch({ rise: 1, fall: 1 }, each);
    expect(reports).toBeLessThanOrEqual(checks);
    expect(lines).toBeLessThanOrEqual(2 * checks);
  });

  it('is not asked more often than its shortest interval says', () => {
    const { checks } = watch({ rise: 3, fall: 3, fastIntervalMs: 250 }, each);
    expect(checks).toBeLessThanOrEqual((10 * MINUTE_MS) / 250 + 1);
  });
});

it('one that is up for three seconds and down for three goes out and in once in each turn', () => {
  const turns = MINUTE_MS / 6_000;
  const { transitions } = watch({ rise: 2, fall: 2 }, wave(3_000, 3_000), MINUTE_MS);
  expect(transitions.filter((up) => !up)).toHaveLength(turns);
  expect(transitions.length).toBeLessThanOrEqual(2 * turns + 1);
});

it('whatever its rhythm, it changes no faster than rise and fall together allow', () => {
  const rhythm = fc.record({
    upMs: fc.integer({ min: 100, max: 5_000 }),
    downMs: fc.integer({ min: 100, max: 5_000 }),
    rise: fc.integer({ min: 1, max: 4 }),
    fall: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(rhythm, ({ upMs, downMs, rise, fall }) => {
      const { checks, transitions } = watch({ rise, fall }, wave(upMs, downMs), MINUTE_MS);
      const outs = transitions.filter((up) => !up).length;
      expect(outs).toBeLessThanOrEqual(Math.ceil(checks / (rise + fall)));
      transitions.forEach((up, number) => {
        expect(up).toBe(number % 2 === 0);
      });
    }),
  );
});
