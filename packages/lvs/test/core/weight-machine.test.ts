import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changePolicy,
  initialWeight,
  maximumWeight,
  stepWeight,
  type WeightEvent,
  type WeightPolicy,
} from '../../src/core/weight-machine.js';

const AGENT: WeightPolicy = {
  configured: 100,
  slowStart: 0,
  follows: { smoothing: 0, changePerMinute: 60, holdMs: 10_000, fadeMs: 10_000 },
};
const LOAD: WeightPolicy = { configured: 100, slowStart: 'original', follows: 'load' };
const SLOW: WeightPolicy = { configured: 100, slowStart: 60_000, follows: 'nothing' };

/** A machine on a virtual clock. */
class Play {
  nowMs = 0;
  state;
  readonly changes: { readonly atMs: number; readonly weight: number; readonly reason: string }[] = [];

  constructor(readonly policy: WeightPolicy) {
    this.state = initialWeight(policy, 0);
  }

  send(event: WeightEvent): number {
    const { state, change } = stepWeight(this.policy, this.state, event, this.nowMs);
    this.state = state;
    if (change) this.changes.push({ atMs: this.nowMs, weight: change.weight, reason: change.reason });
    return state.weight;
  }

  /** Lets time pass, a tick a second. */
  wait(seconds: number): number {
    for (let second = 0; second < seconds; second++) {
      this.nowMs += 1_000;
      this.send({ kind: 'tick' });
    }
    return this.state.weight;
  }
}

describe('slow start', () => {
  it('is linear, in steps worth an edit, and ends at the whole weight', () => {
    const play = new Play(SLOW);
    expect(play.send({ kind: 'returned' })).toBe(1);
    const half = play.wait(30);
    expect(half).toBeGreaterThan(45);
    expect(half).toBeLessThanOrEqual(50);
    expect(play.wait(30)).toBe(100);
    expect(play.changes.length).toBeLessThanOrEqual(21);
    expect(play.changes.at(-1)).toMatchObject({ weight: 100, reason: 'end of slow start' });
    expect(play.wait(100)).toBe(100);
  });

  it('of the original doubles each 20 s', () => {
    const play = new Play(LOAD);
    const seen = [play.send({ kind: 'returned' })];
    for (let step = 0; step < 6; step++) seen.push(play.wait(20));
    expect(seen).toEqual([3, 6, 12, 24, 48, 96, 100]);
  });

  it('goes on where an lvsd before was', () => {
    const play = new Play(SLOW);
    expect(play.send({ kind: 'adopted', weight: 50 })).toBe(50);
    expect(play.wait(15)).toBe(75);
    expect(play.wait(15)).toBe(100);
    const original = new Play(LOAD);
    original.send({ kind: 'adopted', weight: 24 });
    expect([original.wait(20), original.wait(20)]).toEqual([48, 96]);
  });

  it('never goes back, whatever its length', () => {
    const policy = fc.record({
      configured: fc.integer({ min: 1, max: 65_535 }),
      slowStart: fc.oneof(fc.constant('original' as const), fc.integer({ min: 1, max: 300_000 })),
      follows: fc.constant('nothing' as const),
    });
    fc.assert(
      fc.property(policy, (slow) => {
        const play = new Play(slow);
        let last = play.send({ kind: 'returned' });
        for (let second = 0; second < 420; second++) {
          const weight = play.wait(1);
          expect(weight).toBeGreaterThanOrEqual(last);
          last = weight;
        }
        expect(last).toBe(slow.configured);
      }),
      { numRuns: 50 },
    );
  });
});

describe('load', () => {
  it("moves by the original's formula, between the weight and 10 times that", () => {
    const play = new Play({ ...LOAD, slowStart: 0 });
    expect(play.wait(1)).toBe(100);
    // 100 + 50 * cbrt(1 - 0.271) = 145.
    expect(play.send({ kind: 'load', load: 0.271 })).toBe(145);
    play.wait(20);
    // 145 - 50 * cbrt(9 - 1) = 45, but never below the configured weight.
    expect(play.send({ kind: 'load', load: 9 })).toBe(100);
    for (let step = 0; step < 40; step++) {
      play.wait(20);
      play.send({ kind: 'load', load: 0 });
    }
    expect(play.state.weight).toBe(1_000);
  });

  it('does not count changes below a quarter, a load of 1, or during the ramp', () => {
    const play = new Play({ ...LOAD, slowStart: 0 });
    play.wait(1);
    // 100 + 50 * cbrt(0.1) = 123.
    expect([play.send({ kind: 'load', load: 0.9 }), play.send({ kind: 'load', load: 1 })]).toEqual([
      100, 100,
    ]);
    const ramping = new Play(LOAD);
    ramping.send({ kind: 'returned' });
    ramping.send({ kind: 'load', load: 0 });
    expect(ramping.wait(200)).toBe(100);
  });
});

describe('a check that asks for a weight', () => {
  const CHECK: WeightPolicy = { configured: 100, slowStart: 0, follows: 'check' };
  const asks = (weight: number | 'configured'): WeightEvent => ({ kind: 'check', weight });

  it('gets it, above the configured one too, a second after the last change at the earliest', () => {
    const play = new Play(CHECK);
    expect(play.wait(1)).toBe(100);
    expect(play.send(asks(30))).toBe(30);
    expect(play.send(asks(253))).toBe(30);
    expect(play.wait(1)).toBe(253);
    play.send(asks('configured'));
    expect(play.wait(1)).toBe(100);
    expect(play.changes.map(({ reason }) => reason)).toEqual(['its check', 'its check', 'its check']);
    expect(maximumWeight({ ...CHECK, configured: 1 })).toBe(253);
    expect(maximumWeight({ ...CHECK, configured: 1_000 })).toBe(1_000);
  });

  it('drains by asking for 0, and comes back slowly where it was out', () => {
    const play = new Play({ ...CHECK, slowStart: 60_000 });
    expect(play.send(asks(0))).toBe(0);
    expect(play.changes.at(-1)?.reason).toBe('its check asks for no new connections');
    expect(play.wait(300)).toBe(0);
    play.send(asks(50));
    expect(play.wait(1)).toBe(50);
    expect(play.send({ kind: 'returned' })).toBe(1);
    expect(play.wait(15)).toBeGreaterThanOrEqual(20);
    expect(play.state.weight).toBeLessThanOrEqual(25);
    expect(play.wait(60)).toBe(50);
  });

  it('goes on where an lvsd before was; a weight of 0 waits a minute for the check that asked for it', () => {
    const play = new Play(CHECK);
    expect(play.send({ kind: 'adopted', weight: 30 })).toBe(30);
    expect(play.wait(300)).toBe(30);
    const drained = new Play(CHECK);
    expect(drained.send({ kind: 'adopted', weight: 0 })).toBe(0);
    expect(drained.wait(60)).toBe(0);
    expect(drained.wait(1)).toBe(100);
    // One that has spoken says nothing twice.
    for (const weight of ['configured', 70] as const) {
      const late = new Play(CHECK);
      late.send(asks(weight));
      late.send({ kind: 'adopted', weight: 30 });
      expect(late.wait(2)).toBe(weight === 70 ? 70 : 100);
    }
    const asked = new Play(CHECK);
    asked.send({ kind: 'adopted', weight: 0 });
    asked.send(asks(0));
    expect(asked.wait(300)).toBe(0);
  });

  it('keeps it over a reload that changes the configured weight, and forgets it with the check', () => {
    const play = new Play(CHECK);
    play.send(asks(30));
    const doubled = changePolicy(CHECK, { ...CHECK, configured: 200 }, play.state);
    expect(doubled).toMatchObject({ weight: 30, level: 30 });
    expect(changePolicy(CHECK, { ...CHECK, configured: 200 }, new Play(CHECK).state).weight).toBe(200);
    play.send(asks(0));
    play.wait(1);
    expect(changePolicy(CHECK, AGENT, play.state)).toMatchObject({ drained: 'no', asked: undefined });
  });

  it('moves nothing where the check has no say', () => {
    for (const policy of [AGENT, { ...LOAD, slowStart: 0 }, SLOW]) {
      const play = new Play(policy);
      expect([play.send(asks(3)), play.wait(1)]).toEqual([100, 100]);
    }
  });
});

describe('an agent', () => {
  const says = (percent: number): WeightEvent => ({ kind: 'agent', percent });

  it('gets its share of the weight, as fast as it may change', () => {
    const play = new Play({ ...AGENT, follows: { ...followed(), changePerMinute: 1, holdMs: 1_000_000 } });
    play.send(says(50));
    expect(play.wait(15)).toBe(75);
    expect(play.wait(60)).toBe(50);
    expect(play.changes.every(({ reason }) => reason.startsWith('its agent'))).toBe(true);
  });

  it('is smoothed, and small changes are not written', () => {
    const play = new Play({ ...AGENT, follows: { ...followed(), smoothing: 0.5, holdMs: 1_000_000 } });
    play.send(says(80));
    play.wait(60);
    expect(play.state.weight).toBe(80);
    const before = play.changes.length;
    for (const percent of [78, 82, 79, 81]) {
      play.send(says(percent));
      play.wait(5);
    }
    expect(play.changes.length).toBe(before);
    play.send(says(0));
    expect(play.wait(60)).toBeGreaterThan(35);
  });

  it('that wants nothing gets 1, for 0 is for drains', () => {
    const play = new Play(AGENT);
    play.send(says(0));
    expect(play.wait(5)).toBe(1);
  });

  it('is held when it is silent, and then the weight fades back', () => {
    const play = new Play(AGENT);
    play.send(says(50));
    expect(play.wait(9)).toBe(50);
    expect(play.wait(6)).toBe(75);
    expect(play.wait(6)).toBe(100);
    expect(play.changes.at(-1)).toMatchObject({ reason: 'its agent is silent' });
  });

  it('drains until it says ready, silent or not', () => {
    const play = new Play(AGENT);
    play.wait(1);
    expect(play.send({ kind: 'agent', order: 'drain' })).toBe(0);
    expect(play.wait(60)).toBe(0);
    expect(play.send(says(100))).toBe(0);
    play.send({ kind: 'agent', order: 'ready' });
    expect(play.wait(1)).toBe(100);
    play.send({ kind: 'agent', order: 'maint' });
    expect(play.wait(1)).toBe(0);
    expect(play.changes.map(({ reason }) => reason)).toContain('its agent says maint');
  });

  it('whose drain an lvsd before knew is waited for, and no longer than it is held', () => {
    const gone = new Play(AGENT);
    expect(gone.send({ kind: 'adopted', weight: 0 })).toBe(0);
    expect([gone.wait(9), gone.wait(3)]).toEqual([0, 100]);
    const there = new Play(AGENT);
    there.send({ kind: 'adopted', weight: 0 });
    there.send({ kind: 'agent', percent: 100, order: 'drain' });
    expect(there.wait(60)).toBe(0);
  });

  function followed() {
    if (typeof AGENT.follows === 'string') throw new Error('no agent');
    return AGENT.follows;
  }
});

describe('whatever happens', () => {
  const policies: readonly WeightPolicy[] = [
    AGENT,
    { ...AGENT, slowStart: 7_000 },
    LOAD,
    SLOW,
    { ...LOAD, configured: 20_000 },
    { ...SLOW, configured: 1 },
  ];
  const event: fc.Arbitrary<WeightEvent> = fc.oneof(
    fc.record({ kind: fc.constant('load' as const), load: fc.double({ min: 0, max: 500, noNaN: true }) }),
    fc.record(
      {
        kind: fc.constant('agent' as const),
        percent: fc.double({ min: -10, max: 1_000, noNaN: true }),
        order: fc.constantFrom('ready' as const, 'drain' as const, 'maint' as const),
      },
      { requiredKeys: ['kind'] },
    ),
    fc.constant({ kind: 'returned' as const }),
    fc.record({ kind: fc.constant('adopted' as const), weight: fc.integer({ min: 0, max: 70_000 }) }),
    fc.constant({ kind: 'tick' as const }),
  );
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 30_000 }), event), { maxLength: 60 });

  it('a weight stays within its bounds, is 0 only when drained, and is written at most once a second', () => {
    fc.assert(
      fc.property(fc.constantFrom(...policies), steps, (policy, sequence) => {
        const play = new Play(policy);
        for (const [waitMs, next] of sequence) {
          play.nowMs += waitMs;
          const weight = play.send(next);
          expect(Number.isInteger(weight)).toBe(true);
          expect(weight).toBeLessThanOrEqual(Math.min(65_535, maximumWeight(policy)));
          if (weight === 0) expect(typeof policy.follows).not.toBe('string');
          else expect(weight).toBeGreaterThanOrEqual(1);
        }
        for (const [index, { atMs }] of play.changes.entries()) {
          const earlier = play.changes[index - 1];
          if (earlier) expect(atMs - earlier.atMs).toBeGreaterThanOrEqual(1_000);
        }
      }),
    );
  });

  it('a drained server keeps weight 0 until it is said to be ready', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const play = new Play(AGENT);
        play.nowMs = 2_000;
        play.send({ kind: 'agent', order: 'drain' });
        for (const [waitMs, next] of sequence) {
          if (next.kind === 'adopted' || (next.kind === 'agent' && next.order === 'ready')) continue;
          play.nowMs += waitMs;
          expect(play.send(next)).toBe(0);
        }
      }),
    );
  });

  it('another configured weight keeps the share', () => {
    const play = new Play(AGENT);
    play.send({ kind: 'agent', percent: 50 });
    play.wait(5);
    expect(changePolicy(AGENT, { ...AGENT, configured: 40 }, play.state).weight).toBe(20);
    const plain = initialWeight(SLOW, 0);
    expect(changePolicy(SLOW, { ...SLOW, configured: 7 }, plain).weight).toBe(7);
  });
});
