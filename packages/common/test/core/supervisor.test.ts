import { describe, expect, it } from 'vitest';
import {
  backoffDelayMs,
  initialSupervisor,
  type SupervisorEffect,
  type SupervisorEvent,
  type SupervisorPolicy,
  stepSupervisor,
} from '../../src/index.js';

const POLICY: SupervisorPolicy = {
  startLimitMs: 5_000,
  silenceLimitMs: 1_000,
  stopLimitMs: 2_000,
  backoffFirstMs: 100,
  backoffCapMs: 1_600,
  steadyAfterMs: 10_000,
};

class Story {
  nowMs = 0;
  state = initialSupervisor();

  send(event: SupervisorEvent, afterMs = 0): readonly SupervisorEffect[] {
    this.nowMs += afterMs;
    const { state, effects } = stepSupervisor(POLICY, this.state, event, this.nowMs);
    this.state = state;
    return effects;
  }

  tick(afterMs: number, lateMs = 0): readonly SupervisorEffect[] {
    return this.send({ type: 'tick', lateMs }, afterMs);
  }
}

describe('the supervisor', () => {
  it('starts a child once', () => {
    const story = new Story();
    expect(story.send({ type: 'start' })).toEqual([{ type: 'spawn' }]);
    expect(story.send({ type: 'start' })).toEqual([]);
  });

  it('waits longer after each failure in a row, up to the cap', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map((failures) => backoffDelayMs(POLICY, failures));
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 1_600, 1_600]);
    const story = new Story();
    story.send({ type: 'start' });
    expect(story.send({ type: 'exited' }, 50)).toEqual([{ type: 'restartScheduled', delayMs: 100 }]);
    expect(story.tick(99)).toEqual([]);
    expect(story.tick(1)).toEqual([{ type: 'spawn' }]);
    expect(story.send({ type: 'exited' })).toEqual([{ type: 'restartScheduled', delayMs: 200 }]);
  });

  it('forgets failures of a child that was steady', () => {
    const story = new Story();
    story.send({ type: 'start' });
    story.send({ type: 'exited' });
    story.tick(100);
    story.send({ type: 'sign' });
    expect(story.send({ type: 'exited' }, 10_000)).toEqual([{ type: 'restartScheduled', delayMs: 100 }]);
  });

  it('kills a silent child once per limit, and a child that never reports', () => {
    const story = new Story();
    story.send({ type: 'start' });
    expect(story.tick(5_000)).toEqual([]);
    expect(story.tick(1)).toEqual([{ type: 'kill', reason: 'never reported' }]);
    story.send({ type: 'sign' });
    expect(story.tick(1_000)).toEqual([]);
    expect(story.tick(1)).toEqual([{ type: 'kill', reason: 'silent' }]);
    expect(story.tick(1)).toEqual([]);
  });

  it('does not blame a child for the time the supervisor slept', () => {
    const story = new Story();
    story.send({ type: 'start' });
    story.send({ type: 'sign' });
    expect(story.tick(60_000, 59_900)).toEqual([]);
    expect(story.tick(1_000)).toEqual([{ type: 'kill', reason: 'silent' }]);
  });

  it('asks a child to stop, then kills it, and starts nothing afterwards', () => {
    const story = new Story();
    story.send({ type: 'start' });
    expect(story.send({ type: 'stop' })).toEqual([{ type: 'terminate' }]);
    expect(story.tick(1_999)).toEqual([]);
    expect(story.tick(1)).toEqual([{ type: 'kill', reason: 'did not stop' }]);
    expect(story.send({ type: 'exited' })).toEqual([]);
    expect(story.tick(60_000)).toEqual([]);
    expect(story.state.phase).toBe('idle');
  });

  it('watches an adopted child without starting it', () => {
    const story = new Story();
    expect(story.send({ type: 'adopt' })).toEqual([]);
    expect(story.tick(1_001)).toEqual([{ type: 'kill', reason: 'silent' }]);
    story.send({ type: 'exited' });
    expect(story.tick(100)).toEqual([{ type: 'spawn' }]);
  });
});
