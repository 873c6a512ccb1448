import { describe, expect, it } from 'vitest';
import { type GroupReload, regrouped } from '../../src/core/group-reload.js';
import { startPulse } from '../../src/core/start.js';
import type { PulseState } from '../../src/core/types.js';
import type { GroupPlan } from '../../src/core/vip-groups.js';
import { testSettings } from '../support/virtual-pair.js';

const state = (duty: PulseState['duty']): PulseState => ({
  ...startPulse(testSettings('primary'), { type: 'fresh' }, 0).state,
  duty,
  reason: `is ${duty}`,
});
const plan = (name: string, ...vips: readonly string[]): GroupPlan => ({ name, preferred: 'primary', vips });
const WHOLE = [plan('main', 'a', 'b')];
const APART = [plan('main', 'a'), plan('post', 'b')];

function reload(words: Partial<GroupReload>): ReturnType<typeof regrouped> {
  return regrouped({
    before: WHOLE,
    next: APART,
    states: new Map([['main', state('active')]]),
    hashBefore: '1',
    hashNext: '2',
    partnerHash: '1',
    ...words,
  });
}

const whyNot = (words: Partial<GroupReload>): string | undefined => {
  const result = reload(words);
  return result.type === 'refused' ? result.why : undefined;
};

describe('a reload with other groups', () => {
  it('begins a new group where its addresses are: with main', () => {
    const result = reload({});
    expect(result).toMatchObject({ type: 'regrouped', added: ['post'] });
    if (result.type === 'regrouped') expect(result.states.get('post')?.duty).toBe('active');
    const standing = reload({ states: new Map([['main', state('claiming')]]) });
    if (standing.type === 'regrouped') expect(standing.states.get('post')?.duty).toBe('standby');
  });

  it('joins groups that are held alike, and not those that are held apart', () => {
    const back = { before: APART, next: WHOLE };
    const held = (main: PulseState['duty'], post: PulseState['duty']) =>
      new Map([
        ['main', state(main)],
        ['post', state(post)],
      ]);
    expect(whyNot({ ...back, states: held('active', 'active') })).toBeUndefined();
    expect(whyNot({ ...back, states: held('standby', 'standby') })).toBeUndefined();
    expect(whyNot({ ...back, states: held('active', 'standby') })).toBe(
      'b would go from group post to group main, and this director holds main and not post',
    );
    expect(whyNot({ ...back, states: held('active', 'releasing') })).toContain('is under way: is releasing');
  });

  it('leaves a NAT router where it is while this director has one of its two groups', () => {
    const [main = plan('main'), post = plan('post')] = APART;
    const next = [main, { ...post, routers: ['r'] }];
    const states = new Map([
      ['main', state('active')],
      ['post', state('standby')],
    ]);
    const before = [{ ...main, routers: ['r'] }, post];
    expect(whyNot({ before, next, states })).toContain('r would go from group main to group post');
  });

  it('is refused while the partner goes by a third file, but not while it is silent', () => {
    expect(whyNot({ partnerHash: '3' })).toContain('third lvs.cf');
    expect(whyNot({ partnerHash: '2' })).toBeUndefined();
    expect(whyNot({ partnerHash: undefined })).toBeUndefined();
    expect(whyNot({ next: WHOLE, partnerHash: '3' })).toBeUndefined();
  });

  it('takes no address from one named group to another in one go', () => {
    const states = new Map([
      ['main', state('active')],
      ['post', state('active')],
    ]);
    const next = [plan('main', 'a'), plan('post'), plan('shop', 'b')];
    expect(whyNot({ before: APART, next, states })).toContain('put it into none first');
  });
});
