import type { NodeRole } from '@piranha/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gateAfterMs, gateQuestion } from '../../src/core/gate.js';
import { type VirtualGate, VirtualPair } from '../support/virtual-pair.js';

/** With beats each 100 ms and a deadtime of 400 ms, as an lvs.cf with a witness has it. */
const HOLD_LIMIT_MS = 270;
const GATED = { gateAfterMs: gateAfterMs(100, HOLD_LIMIT_MS) };

/** The node may take, and hold. */
const YES: VirtualGate = (question) => ({
  isYes: question === 'mayTake',
  untilMs: Infinity,
  reason: 'the witness answers',
});
const NO: VirtualGate = () => ({ isYes: false, untilMs: Infinity, reason: 'no witness, no takeover' });
const waitUntil =
  (untilMs: number): VirtualGate =>
  () => ({ isYes: false, untilMs, reason: 'not yet' });

/** A witness that this node reaches or not: a holder that does not keeps the addresses for a while. */
function witnessOf(pair: VirtualPair, reaches: () => boolean): VirtualGate {
  let provenMs = 0;
  return (question, { lastHeardMs, awakeSinceMs }) => {
    if (reaches()) provenMs = pair.nowMs;
    if (question === 'mayTake') return (reaches() ? YES : NO)(question, {} as never, pair.nowMs);
    const untilMs = Math.max(lastHeardMs, awakeSinceMs, provenMs) + HOLD_LIMIT_MS;
    return { isYes: pair.nowMs >= untilMs, untilMs, reason: 'nobody was heard' };
  };
}

/** The primary serves; its gate has nothing against it unless a test says so. */
function servingPair(): VirtualPair {
  const pair = new VirtualPair(undefined, GATED);
  pair.gates.primary = NO;
  pair.gates.backup = NO;
  pair.start('primary');
  pair.start('backup');
  pair.run(2_000);
  expect(pair.holders()).toEqual(['primary']);
  pair.nobodyMs = 0;
  pair.bothMs = 0;
  return pair;
}

function cutAll(pair: VirtualPair, isCut: boolean): void {
  pair.cut.primary = isCut;
  pair.cut.backup = isCut;
}

describe('a standby with a gate', () => {
  it('takes at the deadtime when the gate says yes', () => {
    const pair = servingPair();
    pair.gates.backup = YES;
    pair.crash('primary');
    pair.run(400 + pair.takeMs + pair.delayMs);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nodes.backup.log).toContain('PULSE_PARTNER_DEAD');
  });

  it('waits without turning in circles, says why, and takes at the time that it was told', () => {
    const pair = servingPair();
    pair.crash('primary');
    const untilMs = pair.nowMs + 1_234;
    pair.gates.backup = (question, state, nowMs) =>
      (nowMs < untilMs ? waitUntil(untilMs) : YES)(question, state, nowMs);
    pair.run(1_233);
    const { backup } = pair.nodes;
    expect(backup.state).toMatchObject({ duty: 'standby', heldBack: 'not yet', partnerWord: undefined });
    expect(backup.log.filter((id) => id === 'PULSE_PARTNER_LOST')).toHaveLength(1);
    expect(pair.holders()).toEqual([]);
    pair.run(1 + pair.takeMs);
    expect(pair.holders()).toEqual(['backup']);
    expect(backup.state.heldBack).toBeUndefined();
  });

  it('takes nothing for as long as the gate says no, and takes at news', () => {
    const pair = servingPair();
    pair.crash('primary');
    pair.run(60_000);
    expect(pair.holders()).toEqual([]);
    pair.gates.backup = YES;
    pair.tick('backup', 0);
    pair.run(pair.takeMs);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('takes nothing when nobody asked the gate', () => {
    const pair = servingPair();
    delete pair.gates.backup;
    pair.crash('primary');
    pair.run(10_000);
    expect(pair.holders()).toEqual([]);
  });

  it('forgets what held it back when the partner is heard', () => {
    const pair = servingPair();
    cutAll(pair, true);
    pair.run(1_000);
    expect(pair.nodes.backup.state.heldBack).toBeDefined();
    cutAll(pair, false);
    pair.run(200);
    expect(pair.nodes.backup.state).toMatchObject({ heldBack: undefined, partnerWord: 'lvs running' });
    pair.gates.backup = YES;
    pair.crash('primary');
    pair.run(500);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('needs no gate for what the partner itself gives away', () => {
    const pair = servingPair();
    pair.send('primary', { type: 'handover' });
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
    pair.send('backup', { type: 'shutdown', signal: 'SIGTERM' });
    pair.run(1_000);
    pair.nodes.backup.holding = false;
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nobodyMs).toBe(0);
  });

  it('without a link does not ask, and asks once it is back', () => {
    const pair = servingPair();
    const asked: string[] = [];
    pair.gates.backup = (question, state, nowMs) => {
      asked.push(question);
      return YES(question, state, nowMs);
    };
    pair.send('backup', { type: 'localFailure', what: 'link down', disables: true });
    pair.crash('primary');
    pair.run(3_000);
    expect(asked).toEqual([]);
    pair.send('backup', { type: 'localRecovered' });
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('looks at the gate when a beat is missing, before the partner counts as dead', () => {
    const pair = servingPair();
    const heardMs = pair.nodes.backup.state.lastHeardMs;
    expect(pair.nodes.backup.state.gateAtMs).toBe(heardMs + 151);
    expect(
      gateQuestion(pair.nodes.backup.settings, pair.nodes.backup.state, 0, heardMs + 151),
    ).toBeUndefined();
  });
});

describe('a holder with a gate', () => {
  it('lets go when the gate says so, in the middle of a silence too short to be a death', () => {
    const pair = servingPair();
    const { primary } = pair.nodes;
    pair.gates.primary = witnessOf(pair, () => false);
    cutAll(pair, true);
    const cutMs = primary.state.lastHeardMs;
    pair.run(HOLD_LIMIT_MS + pair.dropMs + 1);
    expect(pair.holders()).toEqual([]);
    expect(pair.nowMs - cutMs).toBeLessThan(400);
    expect(primary.state).toMatchObject({ duty: 'standby', reason: 'nobody was heard' });
  });

  it('keeps the addresses while the partner is heard, whatever becomes of the witness', () => {
    const pair = servingPair();
    pair.gates.primary = witnessOf(pair, () => false);
    pair.run(20_000);
    expect(pair.holders()).toEqual(['primary']);
  });

  it('that let go takes again when it may, and lets go again', () => {
    const pair = servingPair();
    let reaches = false;
    pair.gates.primary = witnessOf(pair, () => reaches);
    cutAll(pair, true);
    for (let round = 0; round < 3; round += 1) {
      pair.run(2_000);
      expect(pair.holders()).toEqual([]);
      reaches = true;
      pair.run(2_000);
      expect(pair.holders()).toEqual(['primary']);
      reaches = false;
    }
  });

  it('that let go is a partner again when the way is back: one of them serves', () => {
    const pair = servingPair();
    pair.gates.primary = witnessOf(pair, () => false);
    cutAll(pair, true);
    pair.run(2_000);
    expect(pair.holders()).toEqual([]);
    cutAll(pair, false);
    pair.run(1_000);
    expect(pair.holders()).toHaveLength(1);
  });

  it('answers a handover that it cannot finish, and goes on with a stop', () => {
    const pair = servingPair();
    pair.gates.primary = witnessOf(pair, () => false);
    pair.send('primary', { type: 'handover' });
    cutAll(pair, true);
    pair.run(1_000);
    expect(pair.nodes.primary.results).toEqual([{ ok: false, text: 'nobody was heard' }]);
    expect(pair.nodes.primary.state.duty).toBe('standby');

    const other = servingPair();
    other.gates.primary = witnessOf(other, () => false);
    other.send('primary', { type: 'shutdown', signal: 'SIGTERM' });
    cutAll(other, true);
    other.run(1_000);
    expect(other.nodes.primary.state.duty).toBe('ended');
  });

  it('lets go of what is still being taken', () => {
    const pair = servingPair();
    pair.gates.backup = YES;
    pair.takeMs = 60_000;
    pair.crash('primary');
    pair.run(450);
    expect(pair.nodes.backup.state.duty).toBe('taking');
    pair.gates.backup = witnessOf(pair, () => false);
    pair.run(200);
    expect(pair.nodes.backup.state).toMatchObject({ duty: 'standby', reason: 'nobody was heard' });
  });

  it('counts from its wake when it slept', () => {
    const pair = servingPair();
    const { primary } = pair.nodes;
    pair.gates.primary = witnessOf(pair, () => false);
    cutAll(pair, true);
    primary.asleep = true;
    pair.run(5_000);
    primary.asleep = false;
    pair.tick('primary', 5_000);
    const wokeMs = pair.nowMs;
    expect(primary.state).toMatchObject({ duty: 'active', listening: true, awakeSinceMs: wokeMs });
    pair.run(HOLD_LIMIT_MS - 1);
    expect(primary.state.duty).toBe('active');
    pair.run(1 + pair.dropMs);
    expect(primary.state.duty).toBe('standby');
  });
});

describe('a pair under require', () => {
  it('after a clean cut never has two holders, and the one that reaches the witness serves', () => {
    const side = fc.constantFrom<NodeRole | undefined>('primary', 'backup', undefined);
    fc.assert(
      fc.property(side, fc.integer({ min: 0, max: 300 }), fc.boolean(), (reaching, extraMs, backupServes) => {
        const pair = servingPair();
        let isCut = false;
        for (const role of ['primary', 'backup'] as const) {
          pair.gates[role] = witnessOf(pair, () => !isCut || role === reaching);
        }
        if (backupServes) pair.send('primary', { type: 'handover' });
        pair.run(1_000 + extraMs);
        pair.bothMs = 0;
        isCut = true;
        cutAll(pair, true);
        pair.run(3_000);
        expect(pair.bothMs).toBe(0);
        expect(pair.holders()).toEqual(reaching === undefined ? [] : [reaching]);
        isCut = false;
        cutAll(pair, false);
        pair.run(3_000);
        expect(pair.holders()).toHaveLength(1);
      }),
    );
  });
});
