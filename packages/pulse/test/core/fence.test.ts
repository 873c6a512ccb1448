import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FenceEvent,
  type FenceState,
  fenceVerdict,
  NO_FENCE_YET,
  stepFence,
} from '../../src/core/fence.js';

const FENCE = { command: '/sbin/fence', timeoutMs: 1_000, failure: 'wait' } as const;
const TAKE = { ...FENCE, failure: 'take' } as const;
const WANTED: FenceEvent = { type: 'wanted' };
const HEARD: FenceEvent = { type: 'heard' };
const ended = (run: number, problem?: string): FenceEvent => ({ type: 'ended', run, problem });

function follow(
  fence: typeof FENCE | typeof TAKE | undefined,
  ...events: readonly (readonly [number, FenceEvent])[]
) {
  let state: FenceState = NO_FENCE_YET;
  const effects: string[] = [];
  for (const [atMs, event] of events) {
    const step = stepFence(fence, state, event, atMs);
    state = step.state;
    effects.push(...step.effects.map((effect) => `${atMs} ${effect.type}`));
  }
  return { state, effects, verdict: fenceVerdict(fence, state) };
}

describe('the fence', () => {
  it('is no obstacle where there is none', () => {
    expect(follow(undefined, [0, WANTED])).toMatchObject({
      effects: [],
      verdict: { verdict: 'take', isOff: false },
    });
  });

  it('runs once, and lets the node take when the partner is off', () => {
    const asked = follow(FENCE, [0, WANTED], [10, WANTED]);
    expect(asked).toMatchObject({ effects: ['0 run'], verdict: { verdict: 'wait', untilMs: Infinity } });
    const done = follow(FENCE, [0, WANTED], [500, ended(1)], [510, WANTED]);
    expect(done).toMatchObject({ effects: ['0 run'], verdict: { verdict: 'take', isOff: true } });
  });

  it('fails, waits and tries again, less and less often', () => {
    const first = follow(FENCE, [0, WANTED], [100, ended(1, 'exit status 1')], [1_099, WANTED]);
    expect(first).toMatchObject({ effects: ['0 run'], verdict: { verdict: 'wait', untilMs: 1_100 } });
    const second = follow(
      FENCE,
      [0, WANTED],
      [100, ended(1, 'exit status 1')],
      [1_100, WANTED],
      [1_200, ended(2, 'exit status 1')],
    );
    expect(second).toMatchObject({ effects: ['0 run', '1100 run'], verdict: { untilMs: 3_200 } });
    let state: FenceState = NO_FENCE_YET;
    let nowMs = 0;
    for (let run = 1; run <= 20; run += 1) {
      state = stepFence(FENCE, state, WANTED, nowMs).state;
      state = stepFence(FENCE, state, ended(run, 'no'), nowMs).state;
      expect(state.retryAtMs - nowMs).toBeLessThanOrEqual(30_000);
      nowMs = state.retryAtMs;
    }
  });

  it('fails and takes all the same where lvs.cf says so, without calling the partner off', () => {
    const events = [
      [0, WANTED],
      [100, ended(1, 'exit status 1')],
      [9_000, WANTED],
    ] as const;
    expect(follow(TAKE, ...events)).toMatchObject({
      effects: ['0 run'],
      verdict: { verdict: 'take', isOff: false },
    });
  });

  it('is cancelled when the partner is heard, and its end counts for nothing', () => {
    const { state, effects } = follow(FENCE, [0, WANTED], [50, HEARD], [60, ended(1)]);
    expect(effects).toEqual(['0 run', '50 cancel']);
    expect(state).toMatchObject({ phase: 'idle', run: 1, attempts: 0 });
    const again = follow(FENCE, [0, WANTED], [50, HEARD], [60, WANTED], [70, ended(1)]);
    expect(again.verdict).toMatchObject({ verdict: 'wait' });
    expect(follow(FENCE, [0, WANTED], [10, ended(1)], [20, HEARD]).verdict.verdict).toBe('wait');
  });
});

describe('any history of fence_failure = wait', () => {
  it('takes only after a run that succeeded since the partner was heard', () => {
    const event = fc.constantFrom('wanted', 'succeeds', 'fails', 'heard', 'late');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 5_000 }), event), { maxLength: 60 }), (steps) => {
        let state: FenceState = NO_FENCE_YET;
        let nowMs = 0;
        let isOff = false;
        let isRunning = false;
        for (const [waitMs, type] of steps) {
          nowMs += waitMs;
          const given: FenceEvent =
            type === 'wanted'
              ? WANTED
              : type === 'heard'
                ? HEARD
                : ended(type === 'late' ? state.run - 1 : state.run, type === 'fails' ? 'no' : undefined);
          if (type === 'heard') isOff = false;
          if (type === 'succeeds' && isRunning) isOff = true;
          if (type === 'heard' || type === 'succeeds' || type === 'fails') isRunning = false;
          const step = stepFence(FENCE, state, given, nowMs);
          if (step.effects.some((effect) => effect.type === 'run')) {
            expect(isRunning).toBe(false);
            isRunning = true;
          }
          state = step.state;
          expect(fenceVerdict(FENCE, state).verdict === 'take').toBe(isOff);
        }
      }),
    );
  });
});
