import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NEW_SERVICE,
  type ServiceChange,
  type ServiceMember,
  type ServicePolicy,
  stepService,
  verdictInService,
} from '../../src/core/service-rules.js';

type Health = ServiceMember['health'];

const PLAIN: ServicePolicy = { quorum: undefined, panicPercent: 0, hasSorryServer: false };

/** `u` up, `d` down, `?` unknown; ids are a, b, c... */
function members(text: string, weights: readonly number[] = []): ServiceMember[] {
  const health: Record<string, Health> = { u: 'up', d: 'down', '?': 'unknown' };
  return [...text].map((letter, index) => ({
    id: String.fromCharCode(97 + index),
    health: health[letter] ?? 'unknown',
    weight: weights[index] ?? 1,
  }));
}

class Play {
  state = NEW_SERVICE;

  constructor(
    private readonly policy: ServicePolicy,
    private readonly weights: readonly number[] = [],
  ) {}

  step(text: string, settled = true): readonly ServiceChange[] {
    const step = stepService(this.policy, this.state, members(text, this.weights), settled);
    this.state = step.state;
    return step.changes;
  }

  /** Ids of the servers that the table believes to be up. */
  used(text: string): string {
    return members(text)
      .filter(({ id, health }) => verdictInService(this.state, id, health) === 'up')
      .map(({ id }) => id)
      .join('');
  }
}

describe('quorum', () => {
  const policy = { ...PLAIN, quorum: { weight: 3, hysteresis: 1 } };

  it('is said once every server had its chance, and then where it changes', () => {
    const play = new Play(policy);
    expect(play.step('uuu??', false)).toEqual([]);
    expect(play.step('uuudd')).toEqual([
      { type: 'quorum', reached: true, isFirst: true, weight: 3, needed: 3 },
    ]);
    expect(play.step('uuddd')).toEqual([]);
    expect(play.step('udddd')).toMatchObject([{ reached: false, isFirst: false, weight: 1, needed: 2 }]);
    expect(play.step('uuudd')).toEqual([]);
    expect(play.step('uuuud')).toMatchObject([{ reached: true, needed: 4 }]);
  });

  it('counts weights', () => {
    const play = new Play(policy, [3, 1]);
    expect(play.step('ud')).toMatchObject([{ reached: true, weight: 3 }]);
    expect(play.step('du')).toMatchObject([{ reached: false, weight: 1 }]);
  });

  it('never changes twice the same way', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ud]{5}$/), { maxLength: 30 }), (steps) => {
        const play = new Play(policy);
        const said = steps
          .flatMap((text) => play.step(text))
          .map((change) => change.type === 'quorum' && change.reached);
        for (const [index, reached] of said.entries()) if (index > 0) expect(reached).toBe(!said[index - 1]);
      }),
    );
  });
});

describe('panic', () => {
  const policy = { ...PLAIN, panicPercent: 50 };

  it('keeps the servers of before while too few are up, and ends when enough are', () => {
    const play = new Play(policy);
    expect(play.step('uuuu')).toEqual([]);
    expect(play.step('uudd')).toEqual([]);
    expect(play.used('uudd')).toBe('ab');
    expect(play.step('uddd')).toEqual([{ type: 'panic', on: true, up: 1, total: 4, kept: 1 }]);
    expect(play.used('uddd')).toBe('ab');
    expect(play.step('dddd')).toEqual([]);
    expect(play.used('dddd')).toBe('ab');
    expect(play.step('uudd')).toMatchObject([{ on: false, up: 2 }]);
    expect(play.used('uudd')).toBe('ab');
  });

  it('keeps nobody who was never up', () => {
    const play = new Play(policy);
    expect(play.step('u???')).toEqual([]);
    expect(play.step('uddd')).toEqual([]);
    expect(play.used('uddd')).toBe('a');
  });

  it('lets the sorry server serve when none is up, and does not call back who is gone', () => {
    const play = new Play({ ...policy, hasSorryServer: true });
    play.step('uuuu');
    play.step('uddd');
    expect(play.used('uddd')).toBe('abcd');
    expect(play.step('dddd')).toMatchObject([{ on: false, up: 0 }]);
    expect(play.used('dddd')).toBe('');
    expect(play.step('uddd')).toEqual([]);
    expect(play.used('uddd')).toBe('a');
  });

  it('uses all that are up always, and nobody else while it is off', () => {
    const percent = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(
        percent,
        fc.boolean(),
        fc.array(fc.stringMatching(/^[ud?]{6}$/)),
        (panicPercent, sorry, steps) => {
          const play = new Play({ ...PLAIN, panicPercent, hasSorryServer: sorry });
          for (const text of steps) {
            play.step(text);
            const up = members(text).flatMap(({ id, health }) => (health === 'up' ? [id] : []));
            const used = play.used(text);
            expect(up.every((id) => used.includes(id))).toBe(true);
            const enough = up.length * 100 >= panicPercent * 6;
            if (enough || (sorry && up.length === 0)) expect(used).toBe(up.join(''));
          }
        },
      ),
    );
  });
});
