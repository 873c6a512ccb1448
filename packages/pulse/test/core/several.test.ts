import { describe, expect, it } from 'vitest';
import { rankStepMs } from '../../src/core/other-directors.js';
import { endsSilence } from '../../src/core/others-summary.js';
import { servingGroup, VirtualGroup } from '../support/virtual-group.js';

const STEP_MS = rankStepMs({ keepaliveMs: 100, deadtimeMs: 400 });

describe('several directors', () => {
  it('that boot together have one holder, the first, and never two', () => {
    for (const count of [3, 4, 5]) {
      const group = new VirtualGroup(count);
      group.start('alpha', 'beta', 'gamma', ...(count > 3 ? (['delta'] as const) : []));
      if (count > 4) group.start('epsilon');
      group.run(2_000);
      expect(group.holders()).toEqual(['alpha']);
      expect(group.manyMs).toBe(0);
    }
  });

  it('wait for a director that was never heard as long as for a dead one', () => {
    const group = new VirtualGroup(3);
    group.start('beta', 'gamma');
    group.run(350);
    expect(group.holders()).toEqual([]);
    group.run(650);
    expect(group.holders()).toEqual(['beta']);
    expect(group.manyMs).toBe(0);
  });

  it('are served by the next in rank after a death, and by the third after two', () => {
    const group = servingGroup(3);
    group.crash('alpha');
    group.run(2_000);
    expect(group.holders()).toEqual(['beta']);
    expect(group.nobodyMs).toBeLessThanOrEqual(400 + group.takeMs + 2 * group.delayMs);
    expect(group.manyMs).toBe(0);
    expect(group.node('gamma').log).not.toContain('PULSE_PARTNER_DEAD');
    group.crash('beta');
    group.run(2_000);
    expect(group.holders()).toEqual(['gamma']);
    expect(group.node('gamma').state.reason).toBe('beta dead');
  });

  it('stand by for whoever serves now', () => {
    const group = servingGroup(3);
    group.crash('alpha');
    group.run(2_000);
    expect(group.node('gamma').state.reason).toBe('beta serves');
    group.start('alpha');
    group.run(1_000);
    group.send('beta', { type: 'handover', force: true, to: 'alpha' });
    group.run(1_000);
    expect(group.holders()).toEqual(['alpha']);
    expect(group.node('gamma').state.reason).toBe('alpha serves');
  });

  it('wait one step for each director that died together with the holder, unless its death was seen', () => {
    const group = servingGroup(4);
    group.crash('alpha', 'beta');
    group.run(2_000);
    expect(group.holders()).toEqual(['gamma']);
    expect(group.manyMs).toBe(0);
    expect(group.nobodyMs).toBeLessThanOrEqual(400 + 2 * STEP_MS + group.takeMs + 10);
  });

  it('pass over one that is not ready, as long as somebody else is', () => {
    const group = servingGroup(3);
    group.node('beta').isReady = false;
    group.send('beta', { type: 'readiness', isReady: false });
    group.run(500);
    group.crash('alpha');
    group.run(2_000);
    expect(group.holders()).toEqual(['gamma']);
    group.crash('gamma');
    group.run(2_000);
    expect(group.holders()).toEqual(['beta']);
  });

  it('leave a director that returns standby', () => {
    const group = servingGroup(3);
    group.crash('alpha');
    group.run(1_500);
    group.start('alpha');
    group.run(2_000);
    expect(group.holders()).toEqual(['beta']);
    expect(group.manyMs).toBe(0);
  });

  it('hand over to the one that is named, or to the next, without a moment of nobody', () => {
    const group = servingGroup(3);
    group.send('alpha', { type: 'handover', to: 'gamma' });
    group.run(1_000);
    expect(group.holders()).toEqual(['gamma']);
    expect(group.nobodyMs).toBe(0);
    expect(group.node('alpha').results).toEqual([{ ok: true, text: 'gamma took over' }]);
    expect(group.node('gamma').state.reason).toBe('alpha hands over');
    group.send('gamma', { type: 'handover' });
    group.run(1_000);
    expect(group.holders()).toEqual(['alpha']);
    expect(group.nobodyMs).toBe(0);
  });

  it('undo a handover to a director that does not take, and nobody else does', () => {
    const group = servingGroup(3);
    group.cuts.add('alpha gamma');
    group.send('alpha', { type: 'handover', to: 'gamma' });
    group.run(3_000);
    expect(group.holders()).toEqual(['alpha']);
    expect(group.node('alpha').results).toEqual([{ ok: false, text: 'partner did not say running in time' }]);
    expect(group.node('beta').log).not.toContain('PULSE_PRIMARY_STOPPED');
    expect(group.nobodyMs + group.manyMs).toBe(0);
  });

  it('refuse a handover to one that is silent', () => {
    const group = servingGroup(3);
    group.crash('gamma');
    group.run(1_000);
    group.send('alpha', { type: 'handover', to: 'gamma' });
    expect(group.node('alpha').results).toEqual([{ ok: false, text: 'gamma is not heard' }]);
  });

  it('are left in order at a stop: the next one serves before the addresses are down', () => {
    const group = servingGroup(3);
    group.send('alpha', { type: 'shutdown', signal: 'SIGTERM' });
    group.run(1_000);
    expect(group.node('alpha').alive).toBe(false);
    expect(group.holders()).toEqual(['beta']);
    expect(group.nobodyMs).toBe(0);
  });

  it('believe a third one that hears the holder', () => {
    const group = servingGroup(3);
    group.cuts.add('alpha beta');
    group.run(3_000);
    expect(group.holders()).toEqual(['alpha']);
    expect(group.manyMs).toBe(0);
    group.crash('alpha');
    group.nobodyMs = 0;
    group.run(1_000);
    expect(group.holders()).toEqual(['beta']);
    expect(group.nobodyMs).toBeLessThanOrEqual(400 + STEP_MS + 10);
  });

  it('serve on each side of a cut, and the better rank stays when it heals', () => {
    const group = servingGroup(5);
    group.part(['alpha', 'delta'], ['beta', 'gamma'], ['epsilon']);
    group.run(2_000);
    expect(group.holders()).toEqual(['alpha', 'beta', 'epsilon']);
    group.part(['alpha', 'delta'], ['beta', 'gamma', 'epsilon']);
    group.run(500);
    expect(group.holders()).toEqual(['alpha', 'beta']);
    group.part(['alpha', 'beta', 'gamma', 'delta', 'epsilon']);
    group.run(500);
    expect(group.holders()).toEqual(['alpha']);
    expect(group.node('beta').state.reason).toBe('tie: alpha is of better rank');
  });

  it('have one order, though each goes by another file', () => {
    const group = servingGroup(3);
    Object.assign(group.node('beta').settings, { self: { name: 'beta', rank: 0 } });
    group.part(['alpha'], ['beta', 'gamma']);
    group.run(2_000);
    expect(group.holders()).toEqual(['alpha', 'beta']);
    group.part(['alpha', 'beta', 'gamma']);
    group.run(1_000);
    expect(group.holders()).toEqual(['alpha']);
  });

  it('ask their gate before they take from a silent one, and not after a word', () => {
    const group = servingGroup(3, { gateAfterMs: 151 });
    const asked: string[] = [];
    group.gate = (name, question) => {
      if (question === 'mayTake') asked.push(name);
      const isYes = question === 'mayTake' && name === 'gamma';
      return { isYes, untilMs: group.nowMs + 50, reason: 'no witness, no takeover' };
    };
    group.send('alpha', { type: 'handover', to: 'beta' });
    group.run(1_000);
    expect(group.holders()).toEqual(['beta']);
    expect(asked).toEqual([]);
    group.crash('beta');
    group.run(2_000);
    expect(asked[0]).toBe('alpha');
    expect(group.holders()).toEqual(['gamma']);
    expect(group.node('alpha').state.duty).toBe('standby');
  });

  it('take nothing by words of before they let the addresses go', () => {
    const group = new VirtualGroup(3, { gateAfterMs: 151 });
    // alpha is parted at its start, and without a witness: it may take once by what the others said, and no more.
    group.gate = (name, question) => ({
      isYes: (question === 'mustLetGo') === (name === 'alpha'),
      untilMs: group.nowMs + 50,
      reason: 'no witness',
    });
    group.start('alpha', 'beta', 'gamma');
    group.run(5);
    group.part(['alpha'], ['beta', 'gamma']);
    group.run(3_000);
    expect(group.node('alpha').log.filter((event) => event === 'PULSE_ACTIVE').length).toBeLessThan(2);
    expect(group.holders()).toEqual(['beta']);
    expect(group.node('alpha').state.heldBack).toBe('no witness');
  });

  it('let the addresses go under require when any other one is silent', () => {
    const group = servingGroup(3, { gateAfterMs: 151 });
    group.gate = (name, question) => ({
      isYes: question === 'mustLetGo' && name === 'alpha' && group.nowMs > 4_000,
      untilMs: group.nowMs + 50,
      reason: 'no witness',
    });
    group.part(['alpha', 'beta'], ['gamma']);
    group.run(2_000);
    expect(group.node('alpha').state.reason).toContain('no witness');
  });

  it('ask their gate while anybody is silent, whoever let the addresses go by its own word', () => {
    const group = servingGroup(3, { gateAfterMs: 151 });
    const cutAtMs = group.nowMs;
    // The witness went with gamma: who is on this side must hold nothing.
    group.gate = (name, question) => ({
      isYes:
        name === 'gamma' ? question === 'mayTake' : question === 'mustLetGo' && group.nowMs > cutAtMs + 300,
      untilMs: group.nowMs + 50,
      reason: 'no witness',
    });
    group.part(['alpha', 'beta'], ['gamma']);
    group.run(3_000);
    expect(group.holders()).toEqual(['gamma']);
    expect(group.manyMs).toBe(0);
    expect(group.node('beta').log).not.toContain('PULSE_ACTIVE');
  });

  it('tell once what their gate says of a silence, however often the living ones beat', () => {
    const group = servingGroup(3);
    group.crash('alpha');
    group.run(1_000);
    const { state } = group.node('gamma');
    expect(endsSilence(state, 'lvs stopped', 'beta')).toBe(false);
    expect(endsSilence(state, 'lvs running', 'beta')).toBe(true);
    expect(endsSilence(state, 'lvs stopped', 'alpha')).toBe(true);
    expect(endsSilence({}, 'lvs stopped', undefined)).toBe(true);
  });

  it('hand over to anybody once they are stopped, whoever was to be the heir', () => {
    const group = servingGroup(3);
    group.cuts.add('alpha gamma');
    group.send('alpha', { type: 'handover', to: 'gamma' });
    group.run(200);
    group.send('alpha', { type: 'shutdown', signal: 'SIGTERM' });
    group.run(1_000);
    expect(group.holders()).toEqual(['beta']);
    expect(group.nobodyMs).toBe(0);
  });

  it('do not take a director that hands over for dead while a third one hears it serve', () => {
    const group = servingGroup(3, { releaseLimitMs: 3_000 });
    group.node('gamma').state = { ...group.node('gamma').state, failure: 'lvsd does not run' };
    group.send('alpha', { type: 'handover', to: 'gamma' });
    group.run(50);
    group.cuts.add('alpha beta');
    group.run(4_000);
    expect(group.holders()).toEqual(['alpha']);
    expect(group.manyMs).toBe(0);
  });

  it('tell of a silence that a beat of another one brings to light', () => {
    const group = servingGroup(3);
    const alpha = group.node('alpha');
    group.cuts.add('gamma alpha');
    group.run(10);
    const heardMs = alpha.state.others?.views[1]?.lastHeardMs ?? Number.NaN;
    group.run(heardMs + 399 - group.nowMs);
    // The timer is late.
    group.nowMs += 3;
    group.send('alpha', {
      ...{ type: 'heardOf', from: 'beta', rank: 1, duty: 'standby', asksRelease: false, isReady: true },
      relays: [],
    });
    expect(alpha.state.others?.views.map(({ life }) => life)).toEqual(['alive', 'dead']);
    expect(alpha.log.filter((event) => event === 'PULSE_PARTNER_LOST')).toHaveLength(1);
    group.run(200);
    expect(alpha.log.filter((event) => event === 'PULSE_PARTNER_LOST')).toHaveLength(1);
  });

  it('listen after a sleep, and leave the addresses to who took them', () => {
    const group = servingGroup(3);
    const alpha = group.node('alpha');
    alpha.alive = false;
    group.run(1_000);
    expect(group.holders()).toEqual(['alpha', 'beta']);
    alpha.alive = true;
    group.run(1_000);
    expect(alpha.log).toContain('PULSE_SLEPT');
    expect(group.holders()).toEqual(['beta']);
  });

  it('keep a director in maintenance standby out until it is alone', () => {
    const group = servingGroup(3);
    const order = { unlessAlone: true, by: 'operator', at: '', reason: '' };
    group.send('beta', { type: 'maintenance', order, force: false });
    group.run(500);
    group.crash('alpha');
    group.run(2_000);
    expect(group.holders()).toEqual(['gamma']);
    group.crash('gamma');
    group.run(2_000);
    expect(group.holders()).toEqual(['beta']);
  });
});
