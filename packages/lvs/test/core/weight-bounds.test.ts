import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  initialWeight,
  maximumWeight,
  stepWeight,
  type WeightEvent,
  type WeightPolicy,
  type WeightState,
} from '../../src/core/weight-machine.js';

type Steps = readonly (readonly [waitMs: number, event: WeightEvent])[];

interface Written {
  readonly atMs: number;
  readonly weight: number;
}

/** Every weight that the table had, the first one included, and where it ended. */
function play(policy: WeightPolicy, steps: Steps) {
  let state: WeightState = initialWeight(policy, 0);
  let nowMs = 0;
  const written: Written[] = [{ atMs: 0, weight: state.weight }];
  for (const [waitMs, event] of steps) {
    nowMs += waitMs;
    const step = stepWeight(policy, state, event, nowMs);
    state = step.state;
    if (step.change) written.push({ atMs: nowMs, weight: step.change.weight });
  }
  return { state, nowMs, written };
}

const wait = fc.integer({ min: 0, max: 30_000 });
const configured = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 65_535 }));
const slowStart = fc.constantFrom<WeightPolicy['slowStart'][]>(0, 'original', 1, 60_000);
const tick: fc.Arbitrary<WeightEvent> = fc.constant({ kind: 'tick' });
const percent = fc.double({ min: -10, max: 1_000, noNaN: true });
const agentWord = fc.record(
  {
    kind: fc.constant('agent' as const),
    percent,
    order: fc.constantFrom('ready' as const, 'drain' as const, 'maint' as const),
  },
  { requiredKeys: ['kind'] },
);
const rules = fc.record({
  smoothing: fc.double({ min: 0, max: 0.95, noNaN: true }),
  changePerMinute: fc.double({ min: 0.01, max: 60, noNaN: true }),
  holdMs: fc.integer({ min: 0, max: 120_000 }),
  fadeMs: fc.integer({ min: 0, max: 120_000 }),
});

describe('a check that gives the weight', () => {
  const checkWord = fc.record({
    kind: fc.constant('check' as const),
    weight: fc.oneof(fc.integer({ min: 0, max: 253 }), fc.constant('configured' as const)),
  });
  const policy = fc.record({ configured, slowStart, follows: fc.constant('check' as const) });
  const other: fc.Arbitrary<WeightEvent> = fc.oneof(
    tick,
    fc.constant({ kind: 'returned' as const }),
    fc.record({ kind: fc.constant('adopted' as const), weight: fc.integer({ min: 0, max: 70_000 }) }),
    fc.record({ kind: fc.constant('load' as const), load: fc.double({ min: 0, max: 500, noNaN: true }) }),
    agentWord,
  );

  it('moves it between 1 and its maximum, to 0 only where it asked for that or where 0 was found', () => {
    fc.assert(
      fc.property(
        policy,
        fc.array(fc.tuple(wait, fc.oneof(checkWord, other)), { maxLength: 60 }),
        (one, steps) => {
          const { written, state } = play(one, steps);
          const most = maximumWeight(one);
          expect(most).toBe(Math.max(one.configured, 253));
          for (const [index, { weight, atMs }] of written.entries()) {
            expect(Number.isInteger(weight)).toBe(true);
            expect(weight).toBeGreaterThanOrEqual(0);
            expect(weight).toBeLessThanOrEqual(most);
            const earlier = written[index - 1];
            if (earlier && index > 1) expect(atMs - earlier.atMs).toBeGreaterThanOrEqual(1_000);
          }
          const zeroMayBe = steps.some(
            ([, event]) => (event.kind === 'check' || event.kind === 'adopted') && event.weight === 0,
          );
          if (!zeroMayBe) expect(written.every(({ weight }) => weight > 0)).toBe(true);
          expect(state.drained === 'no' || state.drained === 'check' || state.drained === 'adopted').toBe(
            true,
          );
        },
      ),
    );
  });

  it('has its last word, whatever came before, once the slow start is over', () => {
    fc.assert(
      fc.property(
        policy,
        fc.array(fc.tuple(wait, fc.oneof(checkWord, other)), { maxLength: 40 }),
        checkWord,
        (one, steps, last) => {
          const quiet = Array.from({ length: 30 }, () => [20_000, { kind: 'tick' }] as const);
          const { state } = play(one, [...steps, [0, last], ...quiet]);
          expect(state.weight).toBe(last.weight === 'configured' ? one.configured : last.weight);
        },
      ),
    );
  });
});

describe('an agent', () => {
  const steps = fc.array(fc.tuple(wait, fc.oneof(agentWord, tick)), { maxLength: 60 });
  const policy = fc.record({ configured, slowStart: fc.constant(0 as const), follows: rules });

  it('changes the weight by no more than agent_change in any minute, drains aside', () => {
    fc.assert(
      fc.property(policy, steps, (one, sequence) => {
        const written = play(one, sequence).written.filter(({ weight }) => weight > 0);
        for (const [index, later] of written.entries()) {
          for (const earlier of written.slice(0, index)) {
            const most =
              (one.follows.changePerMinute * one.configured * (later.atMs - earlier.atMs)) / 60_000;
            // Weights are whole numbers: one is lost by that.
            expect(Math.abs(later.weight - earlier.weight)).toBeLessThanOrEqual(most + 1);
          }
        }
      }),
    );
  });

  it('that falls silent loses its say: the weight goes back to the configured one', () => {
    fc.assert(
      fc.property(policy, steps, (one, sequence) => {
        const { state, nowMs } = play(one, sequence);
        fc.pre(state.drained === 'no');
        const { holdMs, fadeMs, changePerMinute } = one.follows;
        const backMs = holdMs + fadeMs + 60_000 / changePerMinute + 2_000;
        const gone = stepWeight(one, state, { kind: 'tick' }, nowMs + backMs);
        const end = stepWeight(one, gone.state, { kind: 'tick' }, nowMs + backMs + 2_000);
        expect(end.state.weight).toBe(one.configured);
      }),
    );
  });
});
