import { describe, expect, it } from 'vitest';
import { directorStatus } from '../../src/core/director-status.js';
import { isForeignToAll } from '../../src/core/foreign-holder.js';
import { stepPulse } from '../../src/core/machine.js';
import { roleChanges } from '../../src/core/role-changes.js';
import { startPulse } from '../../src/core/start.js';
import type { PulseEvent, PulseState } from '../../src/core/types.js';
import { nodeView } from '../support/node-views.js';
import { testSettings } from '../support/virtual-pair.js';

const BETA = { name: 'beta', rank: 1 };
const OTHERS = [
  { name: 'alpha', rank: 0 },
  { name: 'gamma', rank: 2 },
];
const SETTINGS = { ...testSettings('backup'), self: BETA, others: OTHERS };
const NAMES = { own: 'beta', others: ['alpha', 'gamma'], isSeveral: true };

function heard(from: string, changes: Partial<Extract<PulseEvent, { type: 'heardOf' }>> = {}): PulseEvent {
  return {
    type: 'heardOf',
    from,
    rank: from === 'alpha' ? 0 : 2,
    duty: 'standby',
    asksRelease: false,
    isReady: true,
    relays: [],
    ...changes,
  };
}

function after(...events: readonly (readonly [atMs: number, event: PulseEvent])[]): PulseState {
  return events.reduce(
    (state, [atMs, event]) => stepPulse(SETTINGS, state, event, atMs).state,
    startPulse(SETTINGS, { type: 'fresh' }, 0).state,
  );
}

describe('what status says of several directors', () => {
  const statusOf = (state: PulseState, nowMs: number, heardAtMs: Record<string, number> = {}) =>
    directorStatus(
      SETTINGS,
      state,
      {
        names: NAMES,
        viewOf: (name) => (name === 'gamma' ? nodeView({}, 'link down') : nodeView()),
        heardAtMs: (name) => heardAtMs[name],
      },
      nowMs,
    );

  it('names each with its rank, what it says, and why it is not ready', () => {
    const state = after([10, heard('alpha', { duty: 'active' })], [20, heard('gamma')]);
    expect(statusOf(state, 60, { alpha: 10, gamma: 20 })).toEqual({
      name: 'beta',
      rank: 2,
      directors: [
        { name: 'alpha', rank: 1, life: 'alive', duty: 'active', heardAgoMs: 50, ready: true },
        {
          ...{ name: 'gamma', rank: 3, life: 'alive', duty: 'standby', heardAgoMs: 40 },
          ...{ ready: false, because: 'link down' },
        },
      ],
    });
  });

  it('knows nothing of one that was never heard, and little of one that only a third one hears', () => {
    const state = after([10, heard('gamma', { relays: [{ name: 'alpha', ageMs: 5 }] })]);
    expect(statusOf(state, 20, { gamma: 10 }).directors?.[0]).toEqual({
      ...{ name: 'alpha', rank: 1, life: 'alive', duty: 'active', isRelayed: true },
    });
    expect(statusOf(after(), 0).directors).toMatchObject([{ life: 'unknown' }, { life: 'unknown' }]);
  });

  it('has names for a pair in blocks too, and nothing for one without', () => {
    const pair = testSettings('primary');
    const { state } = startPulse(pair, { type: 'fresh' }, 0);
    const facts = { viewOf: () => nodeView(), heardAtMs: () => undefined };
    const two = { own: 'alpha', others: ['beta'], isSeveral: false };
    const said = stepPulse(pair, state, { type: 'heard', word: 'lvs stopped', random: 0 }, 5).state;
    expect(directorStatus(pair, said, { ...facts, names: two }, 9)).toEqual({
      name: 'alpha',
      rank: 1,
      directors: [{ name: 'beta', rank: 2, life: 'alive', duty: 'standby', ready: true }],
    });
    const none = { own: undefined, others: [], isSeveral: false };
    expect(directorStatus(pair, said, { ...facts, names: none }, 9)).toEqual({});
  });
});

describe('what programs are told of several directors', () => {
  it('is who fell silent, although another one lives, and who is back', () => {
    const before = after(
      [10, heard('alpha', { duty: 'active' })],
      [20, heard('gamma')],
      [200, { type: 'tick', lateMs: 0 }],
      [300, heard('gamma')],
    );
    const silent = stepPulse(SETTINGS, before, { type: 'tick', lateMs: 0 }, 420).state;
    const told = (one: PulseState, other: PulseState) =>
      roleChanges(SETTINGS, one, other, false).map(({ change, reason }) => `${change}: ${reason}`);
    expect(told(before, silent)).toEqual(['partner-lost: nothing is heard from alpha']);
    const back = stepPulse(SETTINGS, silent, heard('alpha'), 430).state;
    expect(told(silent, back)).toEqual(['partner-back: alpha says standby']);
  });
});

describe('a holder beside several directors', () => {
  const neighbours = [
    { address: '192.0.2.1', mac: '02:00:00:00:00:01', interface: 'eth0' },
    { address: '192.0.2.3', mac: '02:00:00:00:00:03', interface: 'eth0' },
  ];
  const holder = { mac: '02:00:00:00:00:09', interface: 'eth0' };

  it('is foreign when it is none of them, and every one of them is known', () => {
    expect(isForeignToAll(holder, [['192.0.2.1'], ['192.0.2.3']], neighbours)).toBe(true);
    expect(
      isForeignToAll({ ...holder, mac: '02:00:00:00:00:03' }, [['192.0.2.1'], ['192.0.2.3']], neighbours),
    ).toBe(false);
    expect(isForeignToAll(holder, [['192.0.2.1'], ['192.0.2.4']], neighbours)).toBe(false);
    expect(isForeignToAll(holder, [], neighbours)).toBe(false);
  });
});
