import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MISSES,
  nextProbeTickMs,
  type ProbeEvent,
  type ProbeState,
  startProbe,
  stepProbe,
} from '../../src/core/probe.js';

const SETTINGS = { intervalMs: 100, timeoutMs: 100 };

/** Runs events at their times; the effects as `time type`. */
function run(...events: readonly (readonly [atMs: number, event: ProbeEvent])[]) {
  let state: ProbeState = startProbe(0);
  const effects: string[] = [];
  for (const [atMs, event] of events) {
    const step = stepProbe(SETTINGS, state, event, atMs);
    state = step.state;
    effects.push(...step.effects.map(({ type }) => `${atMs} ${type}`));
  }
  return { state, effects };
}

const TICK: ProbeEvent = { type: 'tick' };
const answered = (sentMs: number): ProbeEvent => ({ type: 'answered', sentMs });
const failed = (sentMs: number): ProbeEvent => ({ type: 'failed', sentMs, problem: 'ECONNREFUSED' });
const askNow = (sinceMs: number): ProbeEvent => ({ type: 'askNow', sinceMs });

describe('a probe', () => {
  it('asks at once, then at its pace, one question at a time', () => {
    const { effects, state } = run([0, TICK], [50, TICK], [60, answered(0)], [99, TICK], [100, TICK]);
    expect(effects).toEqual(['0 ask', '60 changed', '100 ask']);
    expect(state).toMatchObject({ reach: 'reachable', proof: { sentMs: 0, answeredMs: 60 }, runSinceMs: 60 });
    expect(nextProbeTickMs(state)).toBe(200);
  });

  it('counts one answer as reachable, and only three misses in a row as unreachable', () => {
    const { effects, state } = run(
      [0, TICK],
      [5, answered(0)],
      [100, TICK],
      [200, TICK],
      [300, TICK],
      [305, answered(300)],
      [400, TICK],
      [500, TICK],
      [600, TICK],
      [700, TICK],
      [800, TICK],
    );
    expect(MISSES).toBe(3);
    expect(effects.filter((text) => text.endsWith('changed'))).toEqual(['5 changed', '700 changed']);
    expect(state).toMatchObject({
      reach: 'unreachable',
      runSinceMs: undefined,
      problem: 'no answer within 100 ms',
    });
  });

  it('takes refusals for misses, and keeps its pace after them', () => {
    const { effects, state } = run(
      [0, TICK],
      [1, failed(0)],
      [2, TICK],
      [100, TICK],
      [101, failed(100)],
      [200, TICK],
      [201, failed(200)],
    );
    expect(effects).toEqual(['0 ask', '100 ask', '200 ask', '201 changed']);
    expect(state).toMatchObject({ reach: 'unreachable', problem: 'ECONNREFUSED', asked: 3, answered: 0 });
  });

  it('knows a late answer by the time of its question', () => {
    const { state } = run([0, TICK], [100, TICK], [101, answered(0)]);
    expect(state).toMatchObject({
      reach: 'reachable',
      proof: { sentMs: 0, answeredMs: 101 },
      question: { sentMs: 100 },
    });
    expect(run([0, TICK], [100, TICK], [102, answered(100)], [103, answered(0)]).state.proof).toEqual({
      sentMs: 100,
      answeredMs: 102,
    });
  });

  it('begins a new run after it was lost', () => {
    const { state } = run(
      [0, TICK],
      [5, answered(0)],
      [100, TICK],
      [200, TICK],
      [300, TICK],
      [400, TICK],
      [410, answered(400)],
      [500, TICK],
      [505, answered(500)],
    );
    expect(state).toMatchObject({ reach: 'reachable', runSinceMs: 410, proof: { sentMs: 500 } });
  });
});

describe('asking now', () => {
  it('replaces an older question without a miss', () => {
    const { effects, state } = run([0, TICK], [10, askNow(5)]);
    expect(effects).toEqual(['0 ask', '10 giveUp', '10 ask']);
    expect(state).toMatchObject({ missesInRow: 0, question: { sentMs: 10, untilMs: 110 } });
  });

  it('does not ask again while a fresh question is out or answered, however often it is called', () => {
    const fresh = run([0, TICK], [1, answered(0)], [10, askNow(5)], [11, askNow(5)], [12, askNow(5)]);
    expect(fresh.effects).toEqual(['0 ask', '1 changed', '10 ask']);
    const told = run([10, TICK], [11, answered(10)], [12, askNow(5)]);
    expect(told.effects).toEqual(['10 ask', '11 changed']);
  });
});

describe('any history', () => {
  it('never has two questions out, and never a proof from the future', () => {
    const event = fc.oneof(
      fc.constant('tick' as const),
      fc.constant('answered' as const),
      fc.constant('failed' as const),
      fc.constant('askNow' as const),
    );
    const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 150 }), event, fc.nat({ max: 300 })), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(history, (steps) => {
        let state = startProbe(0);
        let nowMs = 0;
        let out = 0;
        let runBeganMs: number | undefined;
        const asked: number[] = [];
        for (const [waitMs, type, backMs] of steps) {
          nowMs += waitMs;
          const sentMs = asked[asked.length - 1 - (backMs % 3)] ?? 0;
          const known = asked.includes(sentMs);
          if ((type === 'answered' || type === 'failed') && !known) continue;
          const given: ProbeEvent =
            type === 'tick'
              ? { type }
              : type === 'askNow'
                ? { type, sinceMs: nowMs - backMs }
                : type === 'answered'
                  ? { type, sentMs }
                  : { type, sentMs, problem: 'no' };
          if (state.question?.sentMs === sentMs && (type === 'answered' || type === 'failed')) out -= 1;
          const step = stepProbe(SETTINGS, state, given, nowMs);
          for (const effect of step.effects) {
            if (effect.type === 'giveUp') out -= 1;
            if (effect.type === 'ask') {
              out += 1;
              asked.push(nowMs);
            }
          }
          const { reach } = state;
          state = step.state;
          if (reach !== 'reachable' && state.reach === 'reachable') runBeganMs = nowMs;
          expect(out).toBe(state.question === undefined ? 0 : 1);
          expect(state.proof?.sentMs ?? 0).toBeLessThanOrEqual(nowMs);
          expect(state.runSinceMs === undefined).toBe(state.reach !== 'reachable');
          if (state.runSinceMs !== undefined) {
            expect(state.runSinceMs).toBeLessThanOrEqual(state.proof?.answeredMs ?? -1);
            expect(state.runSinceMs).toBe(runBeganMs);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
