import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginDrain, type DrainState, limitDrain, stepDrain } from '../../src/core/drain.js';

const counts = (active: number, inactive = 0, templates = 0) => ({ active, inactive, templates });

function run(drain: DrainState, ...steps: [counts: ReturnType<typeof counts> | undefined, nowMs: number][]) {
  return steps.reduce((state, [seen, nowMs]) => stepDrain(state, seen, nowMs), drain);
}

describe('a drain', () => {
  const begun = beginDrain(true, 1_000, Number.POSITIVE_INFINITY);

  it('goes on while anything is counted, and ends when nothing is', () => {
    const going = run(begun, [counts(3, 1), 2_000], [counts(0, 1), 3_000], [counts(0, 0, 2), 4_000]);
    expect(going).toMatchObject({ phase: 'draining', left: counts(0, 0, 2) });
    expect(stepDrain(going, counts(0), 5_000)).toEqual({
      phase: 'drained',
      end: 'empty',
      tookMs: 4_000,
      left: counts(0),
    });
  });

  it('waits for connections that end: one that is half closed may still carry an answer', () => {
    expect(run(begun, [counts(0, 1), 1_000_000]).phase).toBe('draining');
  });

  it('takes nothing known for no reason to end', () => {
    expect(run(begun, [undefined, 1_000_000_000]).phase).toBe('draining');
  });

  it('ends at its time limit and says what was left', () => {
    const limited = beginDrain(true, 1_000, 6_000);
    expect(run(limited, [counts(2), 5_999]).phase).toBe('draining');
    const over = run(limited, [counts(2), 5_999], [undefined, 6_000]);
    expect(over).toMatchObject({ phase: 'drained', end: 'timeout', left: counts(2) });
  });

  it('takes another time limit over', () => {
    expect(stepDrain(limitDrain(begun, 2_000), counts(1), 2_000).phase).toBe('drained');
  });

  it('is over at once where nothing stands', () => {
    expect(beginDrain(false, 1_000, 5_000)).toMatchObject({ phase: 'drained', end: 'absent' });
  });

  it('ends only when nothing is counted or its time is over, and then for good', () => {
    const seen = fc.option(fc.record({ active: fc.nat(2), inactive: fc.nat(2), templates: fc.nat(1) }), {
      nil: undefined,
    });
    const steps = fc.array(fc.tuple(seen, fc.nat(500)), { maxLength: 20 });
    fc.assert(
      fc.property(steps, fc.option(fc.nat(3_000), { nil: undefined }), (all, limitMs) => {
        const deadlineMs = 1_000 + (limitMs ?? Number.POSITIVE_INFINITY);
        let nowMs = 1_000;
        let drain = beginDrain(true, nowMs, deadlineMs);
        for (const [left, afterMs] of all) {
          nowMs += afterMs;
          const next = stepDrain(drain, left, nowMs);
          const isEmpty = left !== undefined && left.active + left.inactive + left.templates === 0;
          const ends = drain.phase === 'drained' || isEmpty || nowMs >= deadlineMs;
          expect(next.phase).toBe(ends ? 'drained' : 'draining');
          if (drain.phase === 'drained') expect(next).toBe(drain);
          drain = next;
        }
      }),
    );
  });
});
