import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NodeName, type Outcome, runPair, STEP_MS, timesOf, type World } from '../support/pair.js';

/** The two directors under `require`, with an honest witness. */

const timings = fc.constantFrom(
  { keepaliveMs: 50, deadtimeMs: 200 },
  { keepaliveMs: 100, deadtimeMs: 400, witnessIntervalMs: 20 },
  { keepaliveMs: 100, deadtimeMs: 250, witnessIntervalMs: 100 },
  { keepaliveMs: 300, deadtimeMs: 1_000 },
  { keepaliveMs: 1_000, deadtimeMs: 2_000 },
);
const phases = fc.record({ a: fc.nat({ max: 49 }), b: fc.nat({ max: 49 }) });
const cutAt = fc.integer({ min: 2_500, max: 3_500 });
const side = fc.constantFrom<NodeName | undefined>('a', 'b', undefined);
const DELAY_MS = 1;
const RUNS = { numRuns: 150 };

type Base = Pick<World, 'keepaliveMs' | 'deadtimeMs' | 'witnessIntervalMs' | 'delayMs' | 'phaseMs'>;
const bases = fc
  .tuple(timings, phases)
  .map(([timing, phaseMs]): Base => ({ ...timing, phaseMs, delayMs: DELAY_MS }));

function explain({ history }: Outcome): string {
  return history.join('\n');
}

describe('a cut between the directors', () => {
  it('never leaves two holders, whichever side still reaches the witness', () => {
    fc.assert(
      fc.property(bases, cutAt, side, (base, cutMs, reaches) => {
        const { takeAfterMs, holdLimitMs, intervalMs } = timesOf(base);
        const result = runPair({
          ...base,
          isHeard: (_, nowMs) => nowMs < cutMs,
          isWitnessed: (node, nowMs) => nowMs < cutMs || node === reaches,
          untilMs: cutMs + takeAfterMs + holdLimitMs + 4 * intervalMs,
        });
        expect(result.longestBothMs, explain(result)).toBe(0);
        // Who reaches the witness serves; with nobody there, nobody does: rather none than two.
        expect(result.holders, explain(result)).toEqual(reaches === undefined ? [] : [reaches]);
      }),
      RUNS,
    );
  });

  it('after beats were lost before it, leaves two for no longer than the holder keeps the addresses', () => {
    const lossy = fc.record({ a: fc.nat({ max: 5 }), b: fc.nat({ max: 5 }) });
    let worstMs = 0;
    fc.assert(
      fc.property(bases, cutAt, side, lossy, (base, cutMs, reaches, lost) => {
        const { takeAfterMs, holdLimitMs } = timesOf(base);
        const result = runPair({
          ...base,
          isHeard: (from, nowMs) => nowMs < cutMs - lost[from] * base.keepaliveMs,
          isWitnessed: (node, nowMs) => nowMs < cutMs || node === reaches,
          untilMs: cutMs + takeAfterMs + 2 * holdLimitMs,
        });
        worstMs = Math.max(worstMs, result.longestBothMs / holdLimitMs);
        // While the witness answers both, it cannot decide between them: only what comes after the cut is bounded.
        const afterMs = result.longestBothMs - Math.max(lost.a, lost.b) * base.keepaliveMs;
        expect(afterMs, explain(result)).toBeLessThanOrEqual(holdLimitMs + 2 * DELAY_MS + 2 * STEP_MS);
      }),
      RUNS,
    );
    // The bound is not an idle one.
    expect(worstMs).toBeGreaterThan(0);
  });
});

describe('a witness that swings from side to side', () => {
  it.each([
    ['answers at once or never', false],
    ['answers late what was asked before it was there', true],
  ])('while it never answers both, leaves no time with two holders: it %s', (_, asksOn) => {
    fc.assert(
      fc.property(bases, cutAt, fc.nat({ max: 1_000 }), (base, cutMs, extraMs) => {
        const { holdLimitMs, marginMs, takeAfterMs } = timesOf(base);
        const turnMs = takeAfterMs + holdLimitMs + marginMs + extraMs;
        const reaches = (nowMs: number): NodeName =>
          Math.floor((nowMs - cutMs) / turnMs) % 2 === 0 ? 'b' : 'a';
        const result = runPair({
          ...base,
          isHeard: (_, nowMs) => nowMs < cutMs,
          isWitnessed: (node, nowMs) => nowMs < cutMs || node === reaches(nowMs),
          asksOn,
          untilMs: cutMs + 4 * turnMs,
        });
        expect(result.longestBothMs, explain(result)).toBeLessThanOrEqual(2 * DELAY_MS + STEP_MS);
        expect(result.history.filter((line) => line.endsWith('takes')).length).toBeGreaterThan(2);
      }),
      { numRuns: 60 },
    );
  });
});

describe('any history', () => {
  it('in which never both reach the witness after the cut has two holders for no longer than the bound', () => {
    const segments = fc.array(fc.tuple(side, fc.nat({ max: 3_000 })), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(bases, cutAt, segments, (base, cutMs, parts) => {
        const { holdLimitMs, marginMs } = timesOf(base);
        // Shorter turns could keep both up: each would be asked again before it lets go.
        const turns = parts.map(([node, extraMs]) => ({ node, forMs: holdLimitMs + marginMs + extraMs }));
        const reaches = (nowMs: number): NodeName | undefined => {
          let endMs = cutMs;
          for (const { node, forMs } of turns) {
            endMs += forMs;
            if (nowMs < endMs) return node;
          }
          return undefined;
        };
        const result = runPair({
          ...base,
          isHeard: (_, nowMs) => nowMs < cutMs,
          isWitnessed: (node, nowMs) => nowMs < cutMs || node === reaches(nowMs),
          untilMs: turns.reduce((sum, { forMs }) => sum + forMs, cutMs) + 2 * holdLimitMs,
        });
        const slackMs = 2 * DELAY_MS + 2 * STEP_MS;
        expect(result.longestBothMs, explain(result)).toBeLessThanOrEqual(slackMs);
        expect(result.holders, explain(result)).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('three witnesses of which two must answer', () => {
  it('never let both directors serve after a cut that parts them too', () => {
    const sides = fc.tuple(side, side, side);
    fc.assert(
      fc.property(bases, cutAt, sides, (base, cutMs, reached) => {
        const { takeAfterMs, holdLimitMs, intervalMs } = timesOf(base);
        const result = runPair({
          ...base,
          witnesses: { count: 3, quorum: 2 },
          isHeard: (_, nowMs) => nowMs < cutMs,
          isWitnessed: (node, nowMs, witness) => nowMs < cutMs || node === reached[witness],
          untilMs: cutMs + takeAfterMs + holdLimitMs + 4 * intervalMs,
        });
        expect(result.longestBothMs, explain(result)).toBe(0);
        const winner = (['a', 'b'] as const).filter(
          (node) => reached.filter((one) => one === node).length >= 2,
        );
        expect(result.holders, explain(result)).toEqual(winner);
      }),
      RUNS,
    );
  });

  it('let both serve where one of them suffices: a warning says so', () => {
    const base = { keepaliveMs: 100, deadtimeMs: 400, delayMs: DELAY_MS, phaseMs: { a: 0, b: 30 } };
    const result = runPair({
      ...base,
      witnesses: { count: 2, quorum: 1 },
      isHeard: (_, nowMs) => nowMs < 2_500,
      isWitnessed: (node, nowMs, witness) => nowMs < 2_500 || (node === 'a') === (witness === 0),
      untilMs: 5_000,
    });
    expect(result.holders).toEqual(['a', 'b']);
  });
});

describe('a witness that is down for both', () => {
  it('changes nothing while the partners hear each other', () => {
    const result = runPair({
      keepaliveMs: 100,
      deadtimeMs: 400,
      delayMs: DELAY_MS,
      phaseMs: { a: 0, b: 30 },
      isHeard: () => true,
      isWitnessed: (_, nowMs) => nowMs < 1_000,
      untilMs: 5_000,
    });
    expect(result.history).toEqual([]);
    expect(result.holders).toEqual(['a']);
  });

  it('means that nobody takes over from a dead partner, until it is back', () => {
    const world: World = {
      keepaliveMs: 100,
      deadtimeMs: 400,
      delayMs: DELAY_MS,
      phaseMs: { a: 0, b: 30 },
      isHeard: () => true,
      isWitnessed: (_, nowMs) => nowMs < 1_000 || nowMs >= 6_000,
      isAlive: (node, nowMs) => node === 'b' || nowMs < 2_000,
      untilMs: 5_900,
    };
    expect(runPair(world).history).toEqual(['2000 a drops']);
    const { history } = runPair({ ...world, untilMs: 8_000 });
    expect(history).toHaveLength(2);
    expect(history[1]).toMatch(/^6\d\d\d b takes$/);
    expect(runPair({ ...world, policy: 'advise' }).history[1]).toMatch(/^2[34]\d\d b takes$/);
  });
});

/** Two questions of each node in a row are lost again and again. */
function oneInThree(luck: number): World['isWitnessed'] {
  const asked = { a: 0, b: 0 };
  return (node) => {
    asked[node] += 1;
    return asked[node] % 3 === luck;
  };
}

describe('a dead partner', () => {
  it('is replaced in time, though two questions in a row are lost again and again', () => {
    fc.assert(
      fc.property(bases, cutAt, fc.nat({ max: 2 }), (base, deathMs, luck) => {
        const { takeAfterMs, intervalMs } = timesOf(base);
        const result = runPair({
          ...base,
          isHeard: () => true,
          isWitnessed: oneInThree(luck),
          isAlive: (node, nowMs) => node === 'b' || nowMs < deathMs,
          untilMs: deathMs + takeAfterMs + 4 * intervalMs,
        });
        expect(result.holders, explain(result)).toEqual(['b']);
      }),
      RUNS,
    );
  });

  it('keeps the one that is left the holder while the witness answers one question in three', () => {
    fc.assert(
      fc.property(bases, fc.nat({ max: 2 }), (base, luck) => {
        const result = runPair({
          ...base,
          isHeard: () => true,
          isWitnessed: oneInThree(luck),
          isAlive: (node, nowMs) => node === 'a' || nowMs < 1_000,
          untilMs: 12_000,
        });
        expect(result.history).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
