import { describe, expect, it } from 'vitest';
import { watchTimes } from '../../src/core/check-targets.js';
import { firstVerdictSettled, type HealthEvent, initialHealth, stepHealth } from '../../src/core/health.js';
import { NO_WORDS, realServer, virtualServer } from '../support.js';

const POLICY = { keepWithoutNannyMs: 10_000, timeoutMs: 3_000 };

function play(events: readonly (readonly [number, HealthEvent])[]) {
  let state = initialHealth(0);
  const changes: boolean[] = [];
  for (const [nowMs, event] of events) {
    const step = stepHealth(POLICY, state, event, nowMs);
    state = step.state;
    changes.push(step.changed);
  }
  return { state, changes };
}

const UP: HealthEvent = { type: 'result', up: true, reason: 'connected' };
const DOWN: HealthEvent = { type: 'result', up: false, reason: 'refused' };
const TICK: HealthEvent = { type: 'tick' };

describe('stepHealth', () => {
  it('follows the verdicts and tells only what changes', () => {
    const { state, changes } = play([
      [1, UP],
      [2, UP],
      [3, DOWN],
    ]);
    expect(changes).toEqual([true, false, true]);
    expect(state).toMatchObject({ health: 'down', reason: 'refused', sinceMs: 3 });
  });

  it('keeps since while the reason changes', () => {
    const { state } = play([
      [1, DOWN],
      [5, { type: 'result', up: false, reason: 'timed out' }],
    ]);
    expect(state).toMatchObject({ sinceMs: 1, reason: 'timed out' });
  });

  it('takes the table at its word only until a nanny has spoken', () => {
    const adopted: HealthEvent = { type: 'adopted', health: 'up', reason: 'adopted' };
    expect(play([[1, adopted]]).state).toMatchObject({ health: 'up', proven: false });
    expect(
      play([
        [1, DOWN],
        [2, adopted],
      ]).state.health,
    ).toBe('down');
  });

  it('keeps the state of a server without a nanny for 10 s, then takes it out', () => {
    const lost: HealthEvent = { type: 'nannyGone' };
    expect(
      play([
        [0, UP],
        [100, lost],
        [10_099, TICK],
      ]).state.health,
    ).toBe('up');
    const { state, changes } = play([
      [0, UP],
      [100, lost],
      [10_100, TICK],
    ]);
    expect(state.health).toBe('down');
    expect(changes.at(-1)).toBe(true);
  });

  it('gives a nanny that is back its timeout, but not for ever', () => {
    const events: [number, HealthEvent][] = [
      [0, UP],
      [100, { type: 'nannyGone' }],
      [9_000, { type: 'nannyPresent' }],
    ];
    expect(play([...events, [13_099, TICK]]).state.health).toBe('up');
    expect(play([...events, [13_100, TICK]]).state.health).toBe('down');
    expect(play([...events, [13_000, UP], [60_000, TICK]]).state.health).toBe('up');
  });

  it('gives a renewed nanny the time that its first result may take', () => {
    const watch = { ...NO_WORDS, timeoutMs: 6_000, warmupMs: 120_000, intervalMs: 30_000 };
    const times = watchTimes({ service: virtualServer(), server: realServer({ watch }) });
    const policy = { keepWithoutNannyMs: 10_000, ...times };
    const renewed: HealthEvent[] = [UP, { type: 'nannyGone' }, { type: 'nannyPresent' }];
    const state = renewed.reduce(
      (before, event) => stepHealth(policy, before, event, 0).state,
      initialHealth(0),
    );
    // The interval over which known servers are scattered, and the three steps of a check, whatever the warmup.
    expect(stepHealth(policy, state, TICK, 10_000 + 30_000 + 18_000).state.health).toBe('up');
    expect(stepHealth(policy, state, TICK, 10_000 + 30_000 + 18_000 + 120_000).state.health).toBe('down');
  });

  it('counts the silence from the first death of a nanny that dies again and again', () => {
    const events: [number, HealthEvent][] = [[0, UP]];
    for (let at = 100; at < 10_000; at += 1_000) {
      events.push([at, { type: 'nannyGone' }], [at + 500, { type: 'nannyPresent' }]);
    }
    expect(play([...events, [10_000, { type: 'nannyGone' }], [10_200, TICK]]).state.health).toBe('down');
  });
});

describe('firstVerdictSettled', () => {
  it('waits longer for a check that begins late or is repeated', () => {
    expect(firstVerdictSettled(initialHealth(0), 1_000, 4_999, 2_000)).toBe(false);
    expect(firstVerdictSettled(initialHealth(0), 1_000, 5_000, 2_000)).toBe(true);
  });

  it('waits for a nanny, but three timeouts at most', () => {
    expect(firstVerdictSettled(initialHealth(0), 1_000, 2_999)).toBe(false);
    expect(firstVerdictSettled(initialHealth(0), 1_000, 3_000)).toBe(true);
    expect(firstVerdictSettled(play([[1, DOWN]]).state, 1_000, 1)).toBe(true);
    expect(
      firstVerdictSettled(play([[1, { type: 'adopted', health: 'up', reason: '' }]]).state, 1_000, 2),
    ).toBe(false);
  });
});
