import { describe, expect, it } from 'vitest';
import { leaveLimitMs } from '../../src/core/leaving.js';
import { VirtualPair } from '../support/virtual-pair.js';

const ORDER = { unlessAlone: false, by: 'me', at: '2026-01-01T00:00:00.000Z', reason: '' };

/** A pair whose primary serves, and whose voluntary moves wait for programs that long at most. */
function servingPair(limitMs: number | undefined = 2_000): VirtualPair {
  const pair = new VirtualPair(undefined, { leaveLimitMs: limitMs });
  pair.start('primary');
  pair.start('backup');
  pair.run(2_000);
  expect(pair.holders()).toEqual(['primary']);
  pair.nobodyMs = 0;
  return pair;
}

/** The longest time for which both may have the addresses: the old one puts them down when it hears the new one. */
const MOVE_MS = 10;

describe('a move that waits for programs', () => {
  it('serves, and says so, until they have ended', () => {
    const pair = servingPair();
    pair.programsMs = 1_500;
    pair.send('primary', { type: 'handover' });
    pair.run(1_490);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nodes.backup.state.partnerWord).toBe('lvs running');
    pair.run(500);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nodes.primary.results).toEqual([{ ok: true, text: 'partner took over' }]);
    expect(pair.nodes.primary.log).not.toContain('PULSE_LEAVE_LATE');
    expect([pair.nobodyMs, pair.bothMs <= MOVE_MS]).toEqual([0, true]);
  });

  it('waits no longer than they may run', () => {
    const pair = servingPair(700);
    pair.programsMs = 60_000;
    pair.send('primary', { type: 'handover' });
    pair.run(690);
    expect(pair.holders()).toEqual(['primary']);
    pair.run(500);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nodes.primary.log).toContain('PULSE_LEAVE_LATE');
    pair.run(60_000);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('waits five seconds at a stop, with a partner and without', () => {
    for (const crashed of [false, true]) {
      const pair = servingPair(60_000);
      pair.programsMs = 60_000;
      if (crashed) pair.crash('backup');
      pair.run(1_000);
      pair.send('primary', { type: 'shutdown', signal: 'SIGTERM' });
      pair.run(4_990);
      expect(pair.holders()).toEqual(['primary']);
      pair.run(500);
      expect(pair.holders()).toEqual(crashed ? [] : ['backup']);
      expect(pair.nodes.primary.alive).toBe(false);
    }
  });

  it('begins nothing for an order that is refused', () => {
    const pair = servingPair();
    pair.crash('backup');
    pair.run(1_000);
    pair.send('primary', { type: 'handover' });
    expect(pair.nodes.primary.results).toEqual([{ ok: false, text: 'no partner is heard' }]);
    expect(pair.nodes.primary.state.leaving).toBeUndefined();
  });

  it('is judged anew when the programs have ended: a partner that died meanwhile takes nothing', () => {
    const pair = servingPair();
    pair.programsMs = 1_500;
    pair.send('primary', { type: 'handover' });
    pair.crash('backup');
    pair.run(3_000);
    expect(pair.nodes.primary.results).toEqual([{ ok: false, text: 'no partner is heard' }]);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nobodyMs).toBe(0);
  });

  it('lets a second order wait its turn, but not a stop', () => {
    const pair = servingPair();
    pair.programsMs = 1_000;
    pair.send('primary', { type: 'handover' });
    pair.send('primary', { type: 'maintenance', order: ORDER, force: false });
    expect(pair.nodes.primary.orders).toEqual([
      { ok: false, text: 'a move is under way: programs run before it' },
    ]);
    pair.send('primary', { type: 'shutdown', signal: 'SIGTERM' });
    expect(pair.nodes.primary.results).toEqual([{ ok: false, text: 'pulse stops' }]);
    pair.run(1_500);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nodes.primary.alive).toBe(false);
  });

  it('brings an order of maintenance into force as ever', () => {
    const pair = servingPair();
    pair.send('primary', { type: 'maintenance', order: ORDER, force: false });
    pair.run(500);
    expect(pair.nodes.primary.orders).toEqual([{ ok: true, text: 'partner took over' }]);
    expect(pair.nodes.primary.state.maintenance).toEqual(ORDER);
  });
});

describe('a move that is forced', () => {
  it('waits for no program, also where some run: what was asked for ends with it', () => {
    const pair = servingPair();
    pair.programsMs = 1_900;
    pair.send('primary', { type: 'maintenance', order: ORDER, force: false });
    pair.cut.backup = true;
    pair.run(100);
    pair.send('primary', { type: 'heard', word: 'fos go inactive', random: 0.5 });
    pair.run(10);
    expect(pair.holders()).toEqual([]);
    expect(pair.nodes.primary.orders).toHaveLength(1);
    expect(pair.nodes.primary.state.maintenance).toEqual(ORDER);
    expect(pair.nodes.primary.state.leaving).toBeUndefined();
  });

  it('is that of a local failure too', () => {
    const pair = servingPair();
    pair.send('primary', { type: 'localFailure', what: 'lvsd is broken', disables: false });
    pair.run(40);
    expect(pair.holders()).toEqual(['backup']);
  });
});

describe('the limit', () => {
  const limit = (words: object, inactiveCommand: string | undefined = '/bin/true') =>
    leaveLimitMs({
      inactiveCommand,
      notify: { timeoutMs: 10, waitsToLeave: false, inactiveCommandWaits: false, ...words } as never,
    });

  it('is the time of each awaited program', () => {
    expect(limit({})).toBeUndefined();
    expect(limit({ inactiveCommandWaits: true })).toBe(10);
    expect(limit({ inactiveCommandWaits: true, waitsToLeave: true, program: '/bin/true' })).toBe(20);
    expect(limit({ waitsToLeave: true })).toBeUndefined();
  });
});
