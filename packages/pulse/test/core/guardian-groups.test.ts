import type { PulseAlive } from '@piranha/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type GuardianEffect,
  type GuardianEvent,
  type GuardianState,
  startGuardian,
  stepGuardian,
} from '../../src/core/guardian.js';

/** The primary has the main group and shop, and its partner has post. */
const PLAN: PulseAlive = {
  pid: 42,
  active: true,
  word: 'lvs running',
  keepaliveMs: 200,
  deadtimeMs: 1_000,
  port: 539,
  paths: [{ local: '10.0.0.1', partner: '10.0.0.2' }],
  groups: [
    { name: 'main', vips: ['10.0.0.8'], active: true, word: 'lvs running' },
    { name: 'post', vips: ['10.0.0.9'], active: false, word: 'lvs stopped' },
    { name: 'shop', vips: ['10.0.0.10'], active: true, word: 'lvs running' },
  ],
};

let state: GuardianState;
let effects: GuardianEffect[];
let nowMs: number;

function send(event: GuardianEvent): void {
  const step = stepGuardian(state, event, nowMs);
  state = step.state;
  effects.push(...step.effects);
}

function run(durationMs: number): void {
  for (const endMs = nowMs + durationMs; nowMs < endMs; ) {
    nowMs += 50;
    send({ type: 'tick', lateMs: 0 });
  }
}

function take(type: GuardianEffect['type']): GuardianEffect[] {
  const taken = effects.filter((effect) => effect.type === type);
  effects = effects.filter((effect) => effect.type !== type);
  return taken;
}

/** What the partner says while pulse is down. */
function hear(...running: readonly string[]): void {
  const groups = (PLAN.groups ?? []).map(({ name }) => ({
    name,
    word: running.includes(name) ? ('lvs running' as const) : ('lvs stopped' as const),
  }));
  send({ type: 'heard', word: groups[0]?.word ?? 'lvs stopped', groups });
}

beforeEach(() => {
  const limits = { silenceMs: 400, hangMs: 1_000, startMs: 15_000 };
  const first = startGuardian(false, limits, 0);
  [state, effects, nowMs] = [first.state, [], 1_000];
  send({ type: 'report', plan: PLAN });
  send({ type: 'exited' });
  run(50);
});

describe('a guardian of a pulse with groups', () => {
  it('says of each group what pulse said', () => {
    expect(take('beat')[0]).toEqual({
      type: 'beat',
      word: 'lvs running',
      groups: [
        { name: 'post', word: 'lvs stopped' },
        { name: 'shop', word: 'lvs running' },
      ],
    });
  });

  it('has the next pulse adopt what was held, and leaves the partner what it has', () => {
    expect(take('spawn').at(-1)).toEqual({ type: 'spawn', adopt: true, held: ['main', 'shop'] });
    hear('post');
    expect(take('releaseAddresses')).toEqual([]);
  });

  it('puts down the group that the partner took, and no other', () => {
    run(1_000);
    take('beat');
    hear('post', 'shop');
    expect(take('releaseAddresses')).toEqual([{ type: 'releaseAddresses', only: ['10.0.0.10'] }]);
    hear('post', 'shop');
    expect(take('releaseAddresses')).toEqual([]);
    run(200);
    expect(take('beat').at(-1)).toMatchObject({
      word: 'lvs running',
      groups: [
        { name: 'post', word: 'lvs stopped' },
        { name: 'shop', word: 'lvs stopped' },
      ],
    });
    take('spawn');
    send({ type: 'exited' });
    run(500);
    expect(take('spawn').at(-1)).toMatchObject({ adopt: true, held: ['main'] });
  });

  it('has nothing adopted once the partner took all', () => {
    hear('main', 'post', 'shop');
    send({ type: 'exited' });
    run(500);
    expect(take('spawn').at(-1)).toMatchObject({ adopt: false });
  });
});
