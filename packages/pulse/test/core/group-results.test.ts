import { describe, expect, it } from 'vitest';
import { groupsToMove } from '../../src/core/group-moves.js';
import { GroupResults } from '../../src/core/group-results.js';
import type { PulseState } from '../../src/core/types.js';

const result = (ok: boolean, text: string) => ({ type: 'handoverResult', ok, text }) as const;

describe('the answers of several groups', () => {
  it('are one, once the last is there', () => {
    const results = new GroupResults();
    results.ask('handoverResult', ['main', 'post']);
    expect(results.answer('main', result(true, 'partner took over'))).toBeUndefined();
    expect(results.answer('post', result(true, 'partner took over'))).toEqual(
      result(true, 'partner took over'),
    );
  });

  it('say which group it did not work for', () => {
    const results = new GroupResults();
    results.ask('handoverResult', ['main', 'post']);
    results.answer('post', result(true, 'partner took over'));
    const code = 'PULSE_HANDOVER_UNDONE';
    expect(results.answer('main', { ...result(false, 'not in time'), code })).toEqual({
      ...result(false, 'main: not in time; post: partner took over'),
      code,
    });
  });

  it('count only where somebody asked', () => {
    const results = new GroupResults();
    expect(results.answer('main', result(true, 'partner took over'))).toBeUndefined();
    results.ask('handoverResult', ['post']);
    expect(results.answer('main', result(true, 'partner took over'))).toBeUndefined();
  });

  it('do not wait for a group that a reload took away', () => {
    const results = new GroupResults();
    results.ask('handoverResult', ['main', 'post']);
    expect(results.keepOnly(['main', 'post'])).toEqual([]);
    results.answer('main', result(true, 'partner took over'));
    expect(results.keepOnly(['main'])).toEqual([
      {
        ...result(false, 'main: partner took over; post: it left lvs.cf meanwhile'),
        code: 'PULSE_HANDOVER_UNDONE',
      },
    ]);
    expect(results.awaits('handoverResult', 'post')).toBe(false);
  });

  it('wait for those that stay when a reload took another one away', () => {
    const results = new GroupResults();
    results.ask('handoverResult', ['main', 'post']);
    expect(results.keepOnly(['main'])).toEqual([]);
    expect(results.answer('main', result(true, 'partner took over'))).toEqual({
      ...result(false, 'main: partner took over; post: it left lvs.cf meanwhile'),
      code: 'PULSE_HANDOVER_UNDONE',
    });
  });

  it('to a handover are not lost or mixed with those to an order of maintenance that comes meanwhile', () => {
    const results = new GroupResults();
    results.ask('handoverResult', ['post']);
    results.ask('maintenanceResult', ['main', 'post']);
    const refused = { type: 'maintenanceResult', ok: false, text: 'a move is under way' } as const;
    expect(results.answer('post', refused)).toBeUndefined();
    expect(results.answer('post', result(true, 'partner took over'))).toEqual(
      result(true, 'partner took over'),
    );
    expect(['main', 'post'].filter((name) => results.awaits('maintenanceResult', name))).toEqual(['main']);
    const standby = { type: 'maintenanceResult', ok: true, text: 'the partner serves' } as const;
    expect(results.answer('main', standby)).toMatchObject({ type: 'maintenanceResult', ok: false });
  });
});

describe('orders of two kinds', () => {
  it('wait for their own answers', () => {
    const results = new GroupResults();
    results.ask('handoverResult', ['main']);
    results.ask('maintenanceResult', ['main']);
    const refused = { type: 'maintenanceResult', ok: false, text: 'a move is under way' } as const;
    expect(results.answer('main', refused)).toEqual(refused);
    expect(results.awaits('handoverResult', 'main')).toBe(true);
    expect(results.answer('main', result(true, 'partner took over'))).toEqual(
      result(true, 'partner took over'),
    );
    expect(results.awaits('handoverResult', 'main')).toBe(false);
  });
});

describe('which groups a handover is about', () => {
  const group = (name: string, duty: PulseState['duty'], isKnown = true, isAlike = true) => ({
    name,
    isKnown,
    isAlike,
    state: { duty, reason: `is ${duty}` },
  });

  it('all that this node serves, or the one that is named', () => {
    const all = [group('main', 'standby'), group('post', 'active'), group('shop', 'active')];
    expect(groupsToMove(all, undefined)).toEqual({ type: 'move', groups: ['post', 'shop'] });
    expect(groupsToMove(all, 'shop')).toEqual({ type: 'move', groups: ['shop'] });
    expect(groupsToMove(all, 'main')).toEqual({ type: 'move', groups: ['main'] });
    expect(groupsToMove(all, 'pots')).toEqual({
      type: 'unknown',
      hint: 'there are the groups main, post, shop',
    });
  });

  it('not one that moves already, or that the partner does not have', () => {
    expect(groupsToMove([group('main', 'releasing')], undefined)).toMatchObject({ type: 'refused' });
    const all = [group('main', 'active'), group('post', 'active', false)];
    expect(groupsToMove(all, 'post')).toMatchObject({ type: 'refused' });
    expect(groupsToMove(all, undefined)).toEqual({ type: 'move', groups: ['main', 'post'] });
  });

  it('all or none while the partner goes by another file: one of its groups may have other addresses', () => {
    const all = [group('main', 'active', true, false), group('post', 'active', true, false)];
    expect(groupsToMove(all, 'main')).toMatchObject({ type: 'refused' });
    expect(groupsToMove(all, 'main', true)).toEqual({ type: 'move', groups: ['main'] });
    const early = [group('main', 'active', true, false), group('post', 'active', false, false)];
    expect(groupsToMove(early, 'main', true)).toMatchObject({
      type: 'refused',
      why: 'the lvs.cf of the partner has no group post yet: main alone cannot move',
    });
    expect(groupsToMove(early, undefined)).toEqual({ type: 'move', groups: ['main', 'post'] });
  });
});
