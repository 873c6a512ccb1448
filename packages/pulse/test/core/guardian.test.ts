import type { PulseAlive } from '@piranha/protocol';
import { describe, expect, it } from 'vitest';
import {
  type GuardianEffect,
  type GuardianEvent,
  type GuardianState,
  startGuardian,
  stepGuardian,
} from '../../src/core/guardian.js';

const ACTIVE: PulseAlive = {
  pid: 42,
  active: true,
  word: 'lvs running',
  keepaliveMs: 200,
  deadtimeMs: 1_000,
  port: 539,
  paths: [{ local: '10.0.0.1', partner: '10.0.0.2' }],
};
const STANDBY: PulseAlive = { ...ACTIVE, active: false, word: 'lvs stopped' };

/** A guardian on a virtual clock that ticks each 50 ms. */
class Watch {
  nowMs = 0;
  state: GuardianState;
  effects: GuardianEffect[];

  constructor(adopt = false) {
    const { state, effects } = startGuardian(adopt, { silenceMs: 400, hangMs: 1_000, startMs: 15_000 }, 0);
    this.state = state;
    this.effects = [...effects];
  }

  send(event: GuardianEvent): void {
    const { state, effects } = stepGuardian(this.state, event, this.nowMs);
    this.state = state;
    this.effects.push(...effects);
  }

  run(durationMs: number, plan?: PulseAlive): void {
    for (const endMs = this.nowMs + durationMs; this.nowMs < endMs; ) {
      this.nowMs += 50;
      if (plan !== undefined && this.nowMs % 100 === 0) this.send({ type: 'report', plan });
      this.send({ type: 'tick', lateMs: 0 });
    }
  }

  take(type: GuardianEffect['type']): GuardianEffect[] {
    const taken = this.effects.filter((effect) => effect.type === type);
    this.effects = this.effects.filter((effect) => effect.type !== type);
    return taken;
  }
}

function watching(plan: PulseAlive): Watch {
  const watch = new Watch();
  watch.run(2_000, plan);
  watch.effects = [];
  return watch;
}

describe('the guardian', () => {
  it('starts pulse at once, without a role to adopt', () => {
    expect(new Watch().take('spawn')).toEqual([{ type: 'spawn', adopt: false }]);
  });

  it('leaves a pulse alone that reports', () => {
    const watch = watching(ACTIVE);
    watch.run(60_000, ACTIVE);
    expect(watch.effects).toEqual([]);
  });

  it('starts a dead active pulse again at once, to adopt its role, and beats "running" meanwhile', () => {
    const watch = watching(ACTIVE);
    watch.send({ type: 'exited' });
    expect(watch.take('spawn')).toEqual([{ type: 'spawn', adopt: true }]);
    watch.run(1_000);
    const beats = watch.take('beat');
    expect(beats.length).toBeGreaterThanOrEqual(5);
    expect(beats.every((effect) => effect.type === 'beat' && effect.word === 'lvs running')).toBe(true);
    watch.run(1_000, ACTIVE);
    watch.take('beat');
    watch.run(1_000, ACTIVE);
    expect(watch.take('beat')).toEqual([]);
  });

  it('stands in for a silent pulse well before the partner misses it', () => {
    const watch = watching({ ...ACTIVE, keepaliveMs: 100, deadtimeMs: 361 });
    watch.run(200);
    expect(watch.take('beat')).toContainEqual({ type: 'beat', word: 'lvs running' });
  });

  it('beats "stopped" for a dead standby, which has nothing to adopt', () => {
    const watch = watching(STANDBY);
    watch.send({ type: 'exited' });
    expect(watch.take('spawn')).toEqual([{ type: 'spawn', adopt: false }]);
    watch.run(300);
    expect(watch.take('beat')[0]).toEqual({ type: 'beat', word: 'lvs stopped' });
  });

  it('beats for a hanging pulse long before the deadtime, then kills it', () => {
    const watch = watching(ACTIVE);
    watch.run(600);
    expect(watch.take('beat').length).toBeGreaterThan(0);
    expect(watch.take('kill')).toEqual([]);
    watch.run(600);
    expect(watch.take('kill')).toHaveLength(1);
  });

  it('does not blame pulse for the time that it slept itself', () => {
    const watch = watching(ACTIVE);
    watch.nowMs += 5_000;
    watch.send({ type: 'tick', lateMs: 5_000 });
    expect(watch.take('kill')).toEqual([]);
    expect(watch.take('beat')).toEqual([]);
  });

  it('hands over only after repeated failure: then it says "stopped" and releases when the partner serves', () => {
    const watch = watching(ACTIVE);
    for (let failure = 1; failure <= 5; failure += 1) {
      watch.effects = [];
      watch.send({ type: 'exited' });
      watch.run(100);
      const words = watch.take('beat').map((effect) => (effect.type === 'beat' ? effect.word : ''));
      if (failure < 5) expect(words).not.toContain('lvs stopped');
      if (failure < 5) watch.run(6_000);
    }
    expect(watch.state.gaveUp).toBe(true);
    watch.run(300);
    expect(watch.take('beat').at(-1)).toEqual({ type: 'beat', word: 'lvs stopped' });
    watch.send({ type: 'heard', word: 'lvs running' });
    watch.send({ type: 'heard', word: 'lvs running' });
    expect(watch.take('releaseAddresses')).toHaveLength(1);
    watch.run(10_000);
    expect(watch.take('spawn')).toContainEqual({ type: 'spawn', adopt: false });
  });

  it('waits longer before each restart, at most five seconds', () => {
    const watch = watching(ACTIVE);
    const delays: number[] = [];
    for (let failure = 0; failure < 8; failure += 1) {
      const diedAtMs = watch.nowMs;
      watch.take('spawn');
      watch.send({ type: 'exited' });
      while (watch.take('spawn').length === 0) watch.run(50);
      delays.push(watch.nowMs - diedAtMs);
    }
    expect(delays[0]).toBe(0);
    expect(delays).toEqual([...delays].sort((one, other) => one - other));
    expect(Math.max(...delays)).toBeLessThanOrEqual(5_050);
  });

  it('adopts a running pulse, and starts one if none reports', () => {
    const adopted = new Watch(true);
    adopted.run(2_000, ACTIVE);
    expect(adopted.take('spawn')).toEqual([]);
    const alone = new Watch(true);
    alone.run(1_100);
    expect(alone.take('kill')).toEqual([{ type: 'kill' }]);
    alone.send({ type: 'exited' });
    // Nothing is known of its role: what it held is found by the next one, which listens first.
    expect(alone.take('spawn')).toEqual([{ type: 'spawn', adopt: false }]);
  });

  it('starts nothing once it is told to stop, and beats on only while addresses are held', () => {
    const watch = watching(STANDBY);
    watch.send({ type: 'stop' });
    watch.send({ type: 'exited' });
    watch.run(10_000);
    expect(watch.effects).toEqual([]);
  });

  it('ends a pulse that hangs in its stop, puts its addresses down and says so', () => {
    const watch = watching(ACTIVE);
    watch.send({ type: 'stop' });
    watch.run(950);
    expect(watch.take('beat').length).toBeGreaterThan(1);
    expect(watch.take('kill')).toEqual([]);
    watch.run(200);
    expect(watch.take('kill')).toEqual([{ type: 'kill' }]);
    watch.take('beat');
    watch.send({ type: 'exited' });
    expect(watch.take('releaseAddresses')).toHaveLength(1);
    expect(watch.take('beat')).toEqual([{ type: 'beat', word: 'lvs stopped' }]);
    expect(watch.take('spawn')).toEqual([]);
  });

  it('says nothing for addresses that the partner may have taken while the machine stood still', () => {
    const watch = watching(ACTIVE);
    watch.nowMs += 5_000;
    watch.send({ type: 'tick', lateMs: 5_000 });
    // What was on its way before proves nothing.
    watch.send({ type: 'report', plan: ACTIVE });
    watch.send({ type: 'exited' });
    expect(watch.take('beat')).toEqual([]);
    expect(watch.take('spawn')).toEqual([{ type: 'spawn', adopt: false }]);
    watch.run(1_000, ACTIVE);
    watch.send({ type: 'exited' });
    watch.run(500);
    expect(watch.take('spawn')).toEqual([{ type: 'spawn', adopt: true }]);
  });
});
