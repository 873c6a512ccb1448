import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualPair } from '../support/virtual-pair.js';

function servingPair(random?: () => number): VirtualPair {
  const pair = new VirtualPair(random);
  pair.start('primary');
  pair.start('backup');
  pair.run(2_000);
  pair.nobodyMs = 0;
  pair.bothMs = 0;
  return pair;
}

describe('a pair of directors', () => {
  it('that boots together has one holder, the primary, and never two', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (numbers) => {
        const pair = new VirtualPair(() => numbers.next().value ?? 0);
        pair.start('primary');
        pair.start('backup');
        pair.run(2_000);
        expect(pair.holders()).toEqual(['primary']);
        expect(pair.bothMs).toBe(0);
      }),
    );
  });

  it('takes over within the deadtime after a crash', () => {
    const pair = servingPair();
    pair.crash('primary');
    pair.run(2_000);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nobodyMs).toBeLessThanOrEqual(400 + pair.takeMs + pair.delayMs);
    expect(pair.nodes.backup.log).toContain('PULSE_PARTNER_DEAD');
  });

  it('leaves a returned primary standby: no failback', () => {
    const pair = servingPair();
    pair.crash('primary');
    pair.run(1_000);
    pair.start('primary');
    pair.run(2_000);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nodes.primary.state.duty).toBe('standby');
  });

  it('hands over without a moment in which nobody holds the addresses', () => {
    const pair = servingPair();
    pair.send('primary', { type: 'handover' });
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nobodyMs).toBe(0);
    expect(pair.nodes.primary.results).toEqual([{ ok: true, text: 'partner took over' }]);
    pair.send('backup', { type: 'handover' });
    pair.run(1_000);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nobodyMs).toBe(0);
  });

  it('serves on when the partner does not take a handover', () => {
    const pair = servingPair();
    pair.takeMs = 60_000;
    pair.send('primary', { type: 'handover' });
    pair.run(1_500);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nobodyMs).toBe(0);
    expect(pair.nodes.primary.results[0]?.ok).toBe(false);
    expect(pair.nodes.primary.log).toContain('PULSE_HANDOVER_UNDONE');
  });

  it('stops without a gap: the farewell is answered first', () => {
    const pair = servingPair();
    pair.send('primary', { type: 'shutdown', signal: 'SIGTERM' });
    pair.run(1_000);
    expect(pair.nodes.primary.alive).toBe(false);
    pair.nodes.primary.holding = false;
    expect(pair.nobodyMs).toBe(0);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('settles a split brain by the tie rule: the backup yields, the primary announces again', () => {
    const pair = servingPair();
    pair.cut.primary = true;
    pair.cut.backup = true;
    pair.run(1_000);
    expect(pair.holders()).toEqual(['primary', 'backup']);
    pair.cut.primary = false;
    pair.cut.backup = false;
    pair.run(500);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nodes.backup.log).toContain('PULSE_PARTNER_ACTIVE_YIELD');
    expect(pair.nodes.primary.log).toContain('PULSE_PARTNER_ACTIVE_ARP');
  });

  it('who is preferred lets go of a takeover that does not end, while the other one serves', () => {
    const pair = servingPair();
    pair.send('primary', { type: 'handover' });
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
    pair.takeMs = 60_000;
    pair.cut.backup = true;
    pair.run(600);
    expect(pair.nodes.primary.state.duty).toBe('taking');
    pair.cut.backup = false;
    pair.run(200);
    expect(pair.nodes.primary.state.duty).toBe('taking');
    pair.run(500);
    expect(pair.nodes.primary.state).toMatchObject({
      duty: 'standby',
      reason: 'the addresses could not be taken in time, and another director serves',
    });
    expect(pair.holders()).toEqual(['backup']);
  });

  it('who is preferred goes on with a slow takeover once the other one serves no more', () => {
    const pair = servingPair();
    pair.send('primary', { type: 'handover' });
    pair.run(1_000);
    pair.takeMs = 5_000;
    pair.cut.backup = true;
    pair.run(600);
    pair.cut.backup = false;
    pair.run(200);
    pair.crash('backup');
    pair.run(2_000);
    expect(pair.nodes.primary.state.duty).toBe('taking');
    pair.run(3_000);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nodes.primary.state).toMatchObject({ duty: 'active', deadlineMs: Infinity });
  });

  it('loses only one direction: the node that is not heard is asked to release, and one holder stays', () => {
    for (const deaf of ['primary', 'backup'] as const) {
      const holder = deaf === 'primary' ? 'backup' : 'primary';
      const pair = servingPair();
      if (pair.holders()[0] !== holder) {
        pair.send(deaf, { type: 'handover' });
        pair.run(1_000);
      }
      expect(pair.holders()).toEqual([holder]);
      const bothBefore = pair.bothMs;
      pair.cut[holder] = true;
      pair.run(2_000);
      expect(pair.holders()).toEqual([deaf]);
      // One delivery and one drop, not a keepalive.
      expect(pair.bothMs - bothBefore).toBeLessThanOrEqual(pair.delayMs + pair.dropMs + 1);
      pair.cut[holder] = false;
      pair.run(3_000);
      expect(pair.holders()).toEqual([deaf]);
    }
  });

  it('a primary that slept while the backup took over steps down, whatever the tie rule says', () => {
    const pair = servingPair();
    const asleep = pair.nodes.primary;
    asleep.alive = false;
    pair.run(2_000);
    asleep.alive = true;
    pair.send('primary', { type: 'tick', lateMs: 2_000 });
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
    expect(asleep.log).toContain('PULSE_SLEPT');
  });

  it('a process that slept says nothing before it has listened, and serves on if the partner does not', () => {
    const pair = new VirtualPair();
    pair.start('primary', { type: 'forced' });
    pair.run(500);
    pair.start('backup');
    pair.run(200);
    pair.nodes.backup.alive = false;
    pair.run(300);
    const before = pair.nodes.primary.state.nextSendMs;
    pair.send('primary', { type: 'tick', lateMs: 500 });
    expect(pair.nodes.primary.state.listening).toBe(true);
    pair.run(140);
    expect(pair.nodes.primary.state.nextSendMs).toBe(before);
    pair.run(20);
    expect(pair.nodes.primary.state.listening).toBe(false);
    expect(pair.nodes.primary.state.duty).toBe('active');
    expect(pair.nodes.primary.state.nextSendMs).toBeGreaterThan(before);
  });

  it('survives a restart of the active pulse without a failover', () => {
    const pair = servingPair();
    pair.nodes.primary.alive = false;
    pair.run(150);
    pair.start('primary', { type: 'adopt' });
    pair.run(1_000);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nodes.backup.log).not.toContain('PULSE_PARTNER_DEAD');
  });

  it('hands over when something of its own is broken for good, and not back', () => {
    const pair = servingPair();
    pair.send('primary', { type: 'localFailure', what: 'lvsd does not stay up', disables: false });
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nobodyMs).toBe(0);
    pair.send('backup', { type: 'handover' });
    pair.run(2_000);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('a broken node takes over all the same when nobody else is left', () => {
    const pair = servingPair();
    pair.send('backup', { type: 'localFailure', what: 'lvsd does not stay up', disables: false });
    pair.crash('primary');
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('a node whose link is down hands over, takes nothing, and is a standby again when the link is back', () => {
    const pair = servingPair();
    const lost = { type: 'localFailure', what: 'Primary NIC: link down', disables: true } as const;
    pair.send('primary', lost);
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nobodyMs).toBe(0);
    pair.crash('backup');
    pair.run(2_000);
    expect(pair.holders()).toEqual([]);
    pair.send('primary', { type: 'localRecovered' });
    pair.run(1_000);
    expect(pair.holders()).toEqual(['primary']);
  });

  it('a node that loses every link lets go at once: its partner cannot hear it and takes over', () => {
    const pair = servingPair();
    pair.cut.primary = true;
    pair.cut.backup = true;
    pair.run(100);
    pair.send('primary', { type: 'localFailure', what: 'Primary NIC: link down', disables: true });
    pair.run(2_000);
    expect(pair.holders()).toEqual(['backup']);
    pair.cut.primary = false;
    pair.cut.backup = false;
    pair.send('primary', { type: 'localRecovered' });
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
    // Neither could hear the other then.
    expect(pair.bothMs).toBeLessThan(100);
  });

  it('the winner of a tie tells the network again once the other has let go', () => {
    const pair = servingPair();
    pair.cut.primary = true;
    pair.cut.backup = true;
    pair.run(1_000);
    pair.cut.primary = false;
    pair.cut.backup = false;
    pair.run(500);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.announcer).toBe('primary');
  });

  it('whose partner took over unheard tells the network again when a handover is undone', () => {
    const pair = servingPair();
    pair.cut.backup = true;
    pair.send('primary', { type: 'handover' });
    pair.run(1_500);
    expect(pair.nodes.primary.log).toContain('PULSE_HANDOVER_UNDONE');
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.announcer).toBe('primary');
  });

  it('two that serve, are told to hand over at once and hear each other again: the primary stays, within a bound', () => {
    for (const healedAfterMs of [0, 100, 500, 950]) {
      const pair = servingPair();
      pair.cut.primary = true;
      pair.cut.backup = true;
      pair.run(1_000);
      expect(pair.holders()).toEqual(['primary', 'backup']);
      pair.send('primary', { type: 'handover', force: true });
      pair.send('backup', { type: 'handover', force: true });
      pair.run(healedAfterMs);
      pair.cut.primary = false;
      pair.cut.backup = false;
      const { keepaliveMs, releaseLimitMs } = pair.nodes.primary.settings;
      // What the first of them has to wait for, the word by which the other learns of it, and the drop.
      pair.run(releaseLimitMs - healedAfterMs + 2 * keepaliveMs + pair.dropMs);
      expect(pair.holders()).toEqual(['primary']);
      expect(pair.announcer).toBe('primary');
      pair.run(3_000);
      expect(pair.holders()).toEqual(['primary']);
      expect(pair.nobodyMs).toBe(0);
    }
  });

  it('a node that adopts tells the network again', () => {
    const pair = servingPair();
    pair.announcer = undefined;
    pair.start('primary', { type: 'adopt' });
    expect(pair.announcer).toBe('primary');
  });

  it('a node whose link goes down while it waits for its claim takes nothing', () => {
    const pair = new VirtualPair(() => 0.99);
    pair.start('primary');
    pair.start('backup');
    pair.run(50);
    expect(pair.nodes.primary.state.duty).toBe('claiming');
    pair.send('primary', { type: 'localFailure', what: 'Primary NIC: link down', disables: true });
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('a link that is back before anybody took over leaves the addresses where they are', () => {
    const pair = servingPair();
    pair.cut.primary = true;
    pair.cut.backup = true;
    pair.send('primary', { type: 'localFailure', what: 'Primary NIC: link down', disables: true });
    pair.run(100);
    pair.announcer = undefined;
    pair.cut.primary = false;
    pair.cut.backup = false;
    pair.send('primary', { type: 'localRecovered' });
    expect(pair.nodes.primary.state.duty).toBe('active');
    expect(pair.announcer).toBe('primary');
    pair.run(2_000);
    expect(pair.holders()).toEqual(['primary']);
  });

  it('a process that crashed in the middle of a takeover takes nothing when it is started again', () => {
    const pair = new VirtualPair();
    pair.start('backup');
    while (!pair.nodes.backup.log.includes('PULSE_PARTNER_DEAD')) pair.run(1);
    pair.crash('backup');
    pair.start('primary');
    pair.start('backup');
    pair.run(3_000);
    expect(pair.holders()).toHaveLength(1);
  });

  it('has one stable holder a second after any storm of faults', () => {
    const fault = fc.oneof(
      fc.record({ type: fc.constant('cut' as const), role: role(), on: fc.boolean() }),
      fc.record({ type: fc.constant('crash' as const), role: role() }),
      fc.record({ type: fc.constant('start' as const), role: role() }),
      fc.record({ type: fc.constant('handover' as const), role: role() }),
      fc.record({ type: fc.constant('sleep' as const), role: role(), ms: fc.integer({ min: 1, max: 900 }) }),
    );
    const storm = fc.array(fc.record({ waitMs: fc.integer({ min: 0, max: 500 }), fault }), { maxLength: 30 });
    fc.assert(
      fc.property(
        storm,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (steps, numbers) => {
          const pair = new VirtualPair(() => numbers.next().value ?? 0);
          for (const { waitMs, fault: what } of steps) {
            pair.run(waitMs);
            inject(pair, what);
          }
          pair.cut.primary = false;
          pair.cut.backup = false;
          for (const name of ['primary', 'backup'] as const) {
            if (!pair.nodes[name].alive) pair.start(name);
          }
          pair.run(3_000);
          expect(pair.holders()).toHaveLength(1);
          const [before] = pair.holders();
          pair.run(3_000);
          expect(pair.holders()).toEqual([before]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

type Fault =
  | { type: 'cut'; role: 'primary' | 'backup'; on: boolean }
  | { type: 'crash' | 'start' | 'handover'; role: 'primary' | 'backup' }
  | { type: 'sleep'; role: 'primary' | 'backup'; ms: number };

function role(): fc.Arbitrary<'primary' | 'backup'> {
  return fc.constantFrom('primary' as const, 'backup' as const);
}

function inject(pair: VirtualPair, fault: Fault): void {
  const node = pair.nodes[fault.role];
  if (fault.type === 'cut') pair.cut[fault.role] = fault.on;
  if (fault.type === 'crash') pair.crash(fault.role);
  if (fault.type === 'start' && !node.alive) pair.start(fault.role);
  if (fault.type === 'handover') pair.send(fault.role, { type: 'handover' });
  if (fault.type === 'sleep' && node.alive) {
    node.asleep = true;
    pair.run(fault.ms);
    node.asleep = false;
    pair.send(fault.role, { type: 'tick', lateMs: fault.ms });
  }
}
