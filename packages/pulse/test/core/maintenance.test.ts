import type { NodeRole } from '@piranha/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gateAfterMs } from '../../src/core/gate.js';
import type { MaintenanceOrder, PulseEvent, PulseSettings } from '../../src/core/types.js';
import { servingPair, VirtualPair } from '../support/virtual-pair.js';

const ORDER: MaintenanceOrder = {
  unlessAlone: false,
  by: 'alice',
  at: '2026-03-01T12:00:00.000Z',
  reason: 'new memory',
};
const UNLESS_ALONE: MaintenanceOrder = { ...ORDER, unlessAlone: true };

const on = (order: MaintenanceOrder = ORDER, force = false): PulseEvent => ({
  type: 'maintenance',
  order,
  force,
});
const OFF: PulseEvent = { type: 'maintenanceOver', by: 'bob' };

function alarmsOf(pair: VirtualPair, role: NodeRole): number {
  return pair.nodes[role].log.filter((id) => id === 'PULSE_MAINTENANCE_ALONE').length;
}

describe('standby on', () => {
  it('on the node that serves hands over first, without a moment in which nobody holds the addresses', () => {
    const pair = servingPair();
    const { primary } = pair.nodes;
    pair.send('primary', on());
    expect(primary.state).toMatchObject({ duty: 'releasing', maintenance: undefined });
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nobodyMs).toBe(0);
    expect(primary.state).toMatchObject({ duty: 'standby', maintenance: ORDER, ordered: undefined });
    expect(primary.orders).toEqual([{ ok: true, text: 'partner took over' }]);
    expect(primary.log).toContain('PULSE_MAINTENANCE_ON');
    pair.run(120_000);
    expect(alarmsOf(pair, 'primary')).toBe(0);
  });

  it('is refused, and changes nothing, when the partner does not take the addresses in time', () => {
    const pair = servingPair();
    const { primary } = pair.nodes;
    pair.send('backup', on());
    expect(pair.nodes.backup.orders).toEqual([{ ok: true, text: 'the partner serves' }]);
    pair.send('primary', on());
    pair.run(3_000);
    expect(primary.orders).toEqual([{ ok: false, text: 'partner did not say running in time' }]);
    expect(primary.state).toMatchObject({ duty: 'active', maintenance: undefined, ordered: undefined });
    expect(pair.nobodyMs).toBe(0);
  });

  it('without a partner that serves is refused, unless it is forced', () => {
    const pair = servingPair();
    const { primary, backup } = pair.nodes;
    pair.crash('backup');
    pair.run(1_000);
    pair.send('primary', on());
    expect(primary.orders).toEqual([{ ok: false, text: 'no partner is heard' }]);
    pair.run(1_000);
    expect(pair.holders()).toEqual(['primary']);
    pair.send('primary', on(ORDER, true));
    pair.run(1_000);
    expect(pair.holders()).toEqual([]);
    expect(primary.orders.at(-1)).toMatchObject({ ok: true });
    expect(primary.state).toMatchObject({ duty: 'standby', maintenance: ORDER });

    pair.start('backup');
    pair.run(2_000);
    expect(pair.holders()).toEqual(['backup']);
    expect(backup.state.maintenance).toBeUndefined();
  });

  it('on a standby is refused where nobody serves', () => {
    const pair = new VirtualPair();
    pair.start('backup');
    pair.run(100);
    pair.send('backup', on());
    expect(pair.nodes.backup.orders).toEqual([{ ok: false, text: 'no partner is heard' }]);
    pair.start('primary');
    pair.run(1);
    pair.send('backup', { type: 'heard', word: 'lvs stopped', random: 0.9 });
    expect(pair.nodes.backup.state.duty).toBe('claiming');
    pair.send('backup', on());
    expect(pair.nodes.backup.orders.at(-1)).toEqual({ ok: false, text: 'the partner does not serve' });
    expect(pair.nodes.backup.state.duty).toBe('claiming');
  });

  it('forced while it claims ends the claim; forced while it takes puts everything down', () => {
    const pair = new VirtualPair();
    pair.start('backup');
    pair.send('backup', { type: 'heard', word: 'lvs stopped', random: 0.9 });
    pair.send('backup', on(ORDER, true));
    pair.run(60_000);
    expect(pair.holders()).toEqual([]);
    expect(pair.nodes.backup.state).toMatchObject({ duty: 'standby', maintenance: ORDER });

    const other = new VirtualPair();
    other.takeMs = 500;
    other.start('backup');
    other.run(600);
    expect(other.nodes.backup.state.duty).toBe('taking');
    other.send('backup', on());
    expect(other.nodes.backup.orders).toEqual([{ ok: false, text: 'this node is taking over' }]);
    other.send('backup', on(ORDER, true));
    other.run(5_000);
    expect(other.nodes.backup.state).toMatchObject({ duty: 'standby', maintenance: ORDER });
  });

  it('that is forced puts the addresses down when the partner does not take them in time', () => {
    const pair = servingPair();
    pair.send('backup', on());
    pair.send('primary', on(ORDER, true));
    pair.run(999);
    expect(pair.holders()).toEqual(['primary']);
    pair.run(500);
    expect(pair.holders()).toEqual([]);
    expect(pair.nodes.primary.state).toMatchObject({ duty: 'standby', maintenance: ORDER });
  });

  it('ends with the handover that a stop makes of it', () => {
    const pair = servingPair();
    pair.cut.primary = true;
    pair.send('primary', on());
    pair.send('primary', { type: 'shutdown', signal: 'SIGTERM' });
    expect(pair.nodes.primary.orders).toEqual([{ ok: false, text: 'pulse stops' }]);
    pair.run(5_000);
    expect(pair.nodes.primary.state).toMatchObject({ duty: 'ended', maintenance: undefined });
  });
});

describe('a node in maintenance standby', () => {
  function outPair(order: MaintenanceOrder = ORDER, overrides: Partial<PulseSettings> = {}): VirtualPair {
    const pair = servingPair(overrides);
    pair.send('backup', on(order));
    return pair;
  }

  it('takes nothing when the partner dies, and says so at once and then once a minute', () => {
    const pair = outPair();
    const { backup } = pair.nodes;
    pair.crash('primary');
    pair.run(450);
    expect(alarmsOf(pair, 'backup')).toBe(1);
    pair.run(59_900);
    expect(alarmsOf(pair, 'backup')).toBe(1);
    pair.run(60_100);
    expect(alarmsOf(pair, 'backup')).toBe(3);
    expect(pair.holders()).toEqual([]);
    expect(backup.log.filter((id) => id === 'PULSE_PARTNER_LOST')).toHaveLength(1);
  });

  it('does not say it more often for a partner that comes and goes', () => {
    const pair = outPair();
    for (let round = 0; round < 10; round += 1) {
      pair.cut.primary = true;
      pair.run(1_000);
      pair.cut.primary = false;
      pair.run(1_000);
    }
    expect(alarmsOf(pair, 'backup')).toBe(1);
  });

  it('does not take part in a handover of the partner, which goes on serving', () => {
    const pair = outPair();
    pair.send('primary', { type: 'handover' });
    pair.run(5_000);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nobodyMs).toBe(0);
    expect(pair.nodes.primary.results).toEqual([{ ok: false, text: 'partner did not say running in time' }]);
  });

  it('takes nothing when the partner stops in order, nor when it only stands by; and says so', () => {
    const pair = outPair();
    pair.send('primary', { type: 'localFailure', what: 'link down', disables: true });
    pair.run(5_000);
    expect(pair.holders()).toEqual([]);
    expect(alarmsOf(pair, 'backup')).toBe(1);
    pair.send('primary', { type: 'localRecovered' });
    pair.run(5_000);
    expect(pair.holders()).toEqual(['primary']);
    pair.send('primary', { type: 'shutdown', signal: 'SIGTERM' });
    pair.run(5_000);
    pair.nodes.primary.holding = false;
    expect(pair.holders()).toEqual([]);
  });

  it('asks no gate, so that nobody turns the partner off for it', () => {
    const pair = outPair(ORDER, { gateAfterMs: gateAfterMs(100, 270) });
    const asked: string[] = [];
    pair.gates.backup = (question) => {
      asked.push(question);
      return { isYes: true, untilMs: Infinity, reason: 'the witness answers' };
    };
    pair.crash('primary');
    pair.run(5_000);
    expect(asked).toEqual([]);
    pair.send('backup', OFF);
    pair.run(100);
    expect(asked).toContain('mayTake');
    expect(pair.holders()).toEqual(['backup']);
  });

  it('is in no hurry by adaptive mode', () => {
    const pair = outPair(ORDER, { adaptiveMs: 250 });
    pair.crash('primary');
    pair.run(350);
    expect(pair.nodes.backup.state.partnerWord).toBe('lvs running');
    pair.run(100);
    expect(pair.nodes.backup.state.partnerWord).toBeUndefined();
  });

  it('ordered unless alone takes over from a dead partner, and from no living one', () => {
    const pair = outPair(UNLESS_ALONE);
    pair.send('primary', { type: 'handover' });
    pair.run(5_000);
    expect(pair.holders()).toEqual(['primary']);
    pair.crash('primary');
    pair.run(500);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nodes.backup.state.maintenance).toEqual(UNLESS_ALONE);

    pair.start('primary');
    pair.run(5_000);
    expect(pair.holders()).toEqual(['backup']);
    pair.nobodyMs = 0;
    pair.send('backup', { type: 'handover' });
    pair.run(2_000);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nobodyMs).toBe(0);
    expect(pair.nodes.backup.state.maintenance).toEqual(UNLESS_ALONE);
  });

  it('is a usual standby again at the end of the order', () => {
    const pair = outPair();
    pair.send('backup', OFF);
    expect(pair.nodes.backup.orders.at(-1)).toEqual({ ok: true, text: 'a usual standby again' });
    pair.send('backup', OFF);
    expect(pair.nodes.backup.orders.at(-1)).toEqual({
      ok: true,
      text: 'this node was not in maintenance standby',
    });
    pair.crash('primary');
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('takes over at once when the order ends after the death of the partner', () => {
    const pair = outPair();
    pair.crash('primary');
    pair.run(10_000);
    pair.send('backup', OFF);
    pair.run(20);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('takes nothing, whatever the partner says or does not say', () => {
    const word = fc.constantFrom(
      'lvs running',
      'lvs stopped',
      'silence',
      'fos go inactive',
      'failure',
      'recovery',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.integer({ min: 1, max: 900 })), { maxLength: 30 }), (script) => {
        const pair = outPair();
        pair.crash('primary');
        for (const [what, waitMs] of script) {
          if (what === 'failure')
            pair.send('backup', { type: 'localFailure', what: 'broken', disables: false });
          else if (what === 'recovery') pair.send('backup', { type: 'localRecovered' });
          else if (what !== 'silence') pair.send('backup', { type: 'heard', word: what, random: 0.5 });
          pair.run(waitMs);
          expect(pair.nodes.backup.state.duty).toBe('standby');
        }
      }),
    );
  });
});

describe('a pulse that starts in maintenance standby', () => {
  it.each(['fresh', 'forced', 'leftover'] as const)('%s: takes nothing, alone or not', (type) => {
    const pair = new VirtualPair();
    pair.nodes.primary.holding = type === 'leftover';
    pair.start('primary', { type }, ORDER);
    pair.run(5_000);
    expect(pair.holders()).toEqual([]);
    expect(pair.nodes.primary.log).toEqual(expect.arrayContaining(['PULSE_MAINTENANCE_KEPT']));
    expect(alarmsOf(pair, 'primary')).toBe(1);
    pair.start('backup');
    pair.run(5_000);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('unless alone: takes the addresses of a dead partner, and leaves those of a living one', () => {
    const pair = new VirtualPair();
    pair.start('primary', { type: 'forced' }, UNLESS_ALONE);
    pair.start('backup');
    pair.run(5_000);
    expect(pair.holders()).toEqual(['backup']);
    pair.crash('backup');
    pair.run(1_000);
    expect(pair.holders()).toEqual(['primary']);
  });

  it('that still holds finishes the handover, or puts the addresses down in its time', () => {
    const pair = servingPair();
    pair.crash('primary');
    pair.nodes.primary.holding = true;
    pair.start('primary', { type: 'adopt' }, ORDER);
    pair.run(2_000);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nobodyMs).toBe(0);
    expect(pair.nodes.primary.state.maintenance).toEqual(ORDER);

    const alone = new VirtualPair();
    alone.nodes.primary.holding = true;
    alone.start('primary', { type: 'adopt' }, ORDER);
    alone.run(2_000);
    expect(alone.holders()).toEqual([]);
    expect(alone.nodes.primary.state.maintenance).toEqual(ORDER);
  });

  it('without a partner stays out until the order ends', () => {
    const pair = new VirtualPair(undefined, { hasPartner: false });
    pair.start('primary', { type: 'fresh' }, ORDER);
    pair.run(5_000);
    expect(pair.holders()).toEqual([]);
    pair.send('primary', OFF);
    pair.run(10);
    expect(pair.holders()).toEqual(['primary']);
  });
});
