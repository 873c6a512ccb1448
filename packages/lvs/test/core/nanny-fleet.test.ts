import { describe, expect, it } from 'vitest';
import { type FleetEvent, type FleetPolicy, type FleetState, stepFleet } from '../../src/core/nanny-fleet.js';
import { planNannies } from '../../src/core/nanny-plan.js';

const POLICY: FleetPolicy = {
  supervisor: {
    startLimitMs: 15_000,
    silenceLimitMs: 1_250,
    stopLimitMs: 1_000,
    backoffFirstMs: 100,
    backoffCapMs: 5_000,
    steadyAfterMs: 10_000,
  },
  startingLimit: 2,
};

/** A fleet with its clock; returns each step's effects as `type id`. */
function fleet() {
  let state: FleetState = new Map();
  const feed = (nowMs: number, event: FleetEvent): string[] => {
    const step = stepFleet(POLICY, state, event, nowMs);
    state = step.state;
    return step.effects.map((effect) => `${effect.type} ${effect.id}`);
  };
  const tick = (nowMs: number, signs: string[] = [], lateMs = 0) =>
    feed(nowMs, { type: 'tick', lateMs, signs });
  return { feed, tick, size: () => state.size };
}

describe('stepFleet', () => {
  it('starts no more at once than there is room for', () => {
    const { feed, tick } = fleet();
    expect(feed(0, { type: 'add', id: 'a' })).toEqual(['spawn a']);
    expect(feed(0, { type: 'add', id: 'b' })).toEqual(['spawn b']);
    expect(feed(0, { type: 'add', id: 'c' })).toEqual([]);
    expect(tick(100)).toEqual([]);
    expect(feed(150, { type: 'sign', id: 'b' })).toEqual(['spawn c']);
  });

  it('restarts a dead one with growing waits', () => {
    const { feed, tick } = fleet();
    feed(0, { type: 'add', id: 'a' });
    expect(feed(10, { type: 'exited', id: 'a' })).toEqual(['restartScheduled a']);
    expect(tick(109)).toEqual([]);
    expect(tick(110)).toEqual(['spawn a']);
    feed(120, { type: 'exited', id: 'a' });
    expect(tick(319)).toEqual([]);
    expect(tick(320)).toEqual(['spawn a']);
  });

  it('kills a silent one, but not when the watcher itself slept', () => {
    const { feed, tick } = fleet();
    feed(0, { type: 'add', id: 'a' });
    feed(100, { type: 'sign', id: 'a' });
    expect(tick(1_300, ['a'])).toEqual([]);
    expect(tick(4_000, [], 2_600)).toEqual([]);
    expect(tick(5_300)).toEqual(['kill a']);
  });

  it('ends and forgets what is removed', () => {
    const { feed, size } = fleet();
    feed(0, { type: 'add', id: 'a' });
    expect(feed(1, { type: 'remove', id: 'a' })).toEqual(['terminate a']);
    expect(size()).toBe(1);
    expect(feed(2, { type: 'exited', id: 'a' })).toEqual([]);
    expect(size()).toBe(0);
  });

  it('starts a renewed one as soon as the old process has ended', () => {
    const { feed, tick } = fleet();
    feed(0, { type: 'add', id: 'a' });
    feed(1, { type: 'sign', id: 'a' });
    expect(feed(2, { type: 'renew', id: 'a' })).toEqual(['terminate a']);
    expect(tick(1_002)).toEqual(['kill a']);
    expect(feed(1_003, { type: 'exited', id: 'a' })).toEqual(['spawn a']);
  });

  it('keeps one that is removed and added again before it ended', () => {
    const { feed } = fleet();
    feed(0, { type: 'add', id: 'a' });
    feed(1, { type: 'remove', id: 'a' });
    expect(feed(2, { type: 'add', id: 'a' })).toEqual([]);
    expect(feed(3, { type: 'exited', id: 'a' })).toEqual(['spawn a']);
  });
});

describe('planNannies', () => {
  it('touches only what differs', () => {
    const before = new Map([
      ['same', ['-w', '1']],
      ['heavier', ['-w', '1']],
      ['gone', ['-w', '1']],
    ]);
    const after = new Map([
      ['same', ['-w', '1']],
      ['heavier', ['-w', '2']],
      ['new', ['-w', '1']],
    ]);
    expect(planNannies(before, after)).toEqual({ added: ['new'], renewed: ['heavier'], removed: ['gone'] });
  });
});
