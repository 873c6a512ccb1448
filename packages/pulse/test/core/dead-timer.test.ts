import { describe, expect, it } from 'vitest';
import { VirtualPair } from '../support/virtual-pair.js';

/** Beats each 10 ms, dead after 36 ms; the primary serves, and the backup has just been started. */
function fastPair(): VirtualPair {
  const pair = new VirtualPair(undefined, { keepaliveMs: 10, deadtimeMs: 36 });
  pair.start('primary');
  pair.run(5_000);
  pair.start('backup');
  pair.run(50);
  expect(pair.holders()).toEqual(['primary']);
  return pair;
}

/** The backup gets no beat for a while. */
function silence(pair: VirtualPair, durationMs: number): void {
  pair.cut.primary = true;
  pair.run(durationMs);
  pair.cut.primary = false;
}

describe('the timer of a dead partner', () => {
  it('does not trust a short silence right after the start', () => {
    const pair = fastPair();
    silence(pair, 200);
    pair.run(500);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.bothMs).toBe(0);
  });

  it('trusts a longer one even then', () => {
    const pair = fastPair();
    pair.crash('primary');
    pair.run(350);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('is the deadtime once the process has run for a while', () => {
    const pair = fastPair();
    pair.run(3_000);
    pair.crash('primary');
    pair.run(36 + pair.takeMs + pair.delayMs);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('ends at once when a young process grows up in a silence', () => {
    const pair = fastPair();
    pair.run(2_850);
    pair.crash('primary');
    pair.run(99);
    expect(pair.holders()).toEqual([]);
    pair.run(10);
    expect(pair.holders()).toEqual(['backup']);
  });
});

/** Beats each 100 ms, dead after 2 s, or after 300 ms of adaptive mode; both are grown up, the primary serves. */
function adaptivePair(): VirtualPair {
  const pair = new VirtualPair(undefined, { deadtimeMs: 2_000, adaptiveMs: 300 });
  pair.start('primary');
  pair.run(5_000);
  pair.start('backup');
  pair.run(5_000);
  expect(pair.holders()).toEqual(['primary']);
  return pair;
}

describe('the timer of adaptive mode', () => {
  it('ends before the deadtime, and says so', () => {
    const pair = adaptivePair();
    pair.nobodyMs = 0;
    pair.crash('primary');
    pair.run(1_000);
    expect(pair.holders()).toEqual(['backup']);
    expect(pair.nobodyMs).toBeLessThanOrEqual(300 + 3 + pair.takeMs + pair.delayMs);
    expect(pair.nodes.backup.dead).toEqual([{ limit: 'adaptive', adaptiveMs: 300, deadtimeMs: 2_000 }]);
  });

  it('is not there for a young process', () => {
    const pair = new VirtualPair(undefined, { deadtimeMs: 2_000, adaptiveMs: 300 });
    pair.start('primary');
    pair.run(5_000);
    pair.start('backup');
    pair.run(500);
    pair.crash('primary');
    pair.run(1_900);
    expect(pair.holders()).toEqual([]);
    pair.run(200);
    expect(pair.nodes.backup.dead).toEqual([{ limit: 'deadtime', deadtimeMs: 2_000 }]);
  });

  it('is not there for a partner that was never heard', () => {
    const pair = new VirtualPair(undefined, { deadtimeMs: 5_000, adaptiveMs: 300 });
    pair.start('backup');
    pair.run(4_900);
    expect(pair.holders()).toEqual([]);
  });

  it('begins anew when this process was late by more than half a keepalive', () => {
    const pair = adaptivePair();
    pair.crash('primary');
    pair.run(190);
    pair.send('backup', { type: 'tick', lateMs: 51 });
    pair.run(290);
    expect(pair.holders()).toEqual([]);
    pair.run(30);
    expect(pair.holders()).toEqual(['backup']);
  });

  it('reads what waits in the sockets before it believes in a death', () => {
    const pair = adaptivePair();
    pair.cut.primary = true;
    pair.run(190);
    // It stands still over the end of the timer: the tick comes before what waits.
    pair.nodes.backup.asleep = true;
    pair.run(200);
    pair.nodes.backup.asleep = false;
    pair.send('backup', { type: 'tick', lateMs: 40 });
    pair.send('backup', { type: 'heard', word: 'lvs running', random: 0 });
    pair.cut.primary = false;
    pair.run(1_000);
    expect(pair.nodes.backup.dead).toEqual([]);
    expect(pair.holders()).toEqual(['primary']);
  });

  it('changes nothing for who serves', () => {
    const pair = adaptivePair();
    pair.crash('backup');
    pair.run(1_900);
    expect(pair.nodes.primary.log).not.toContain('PULSE_PARTNER_LOST');
    pair.run(200);
    expect(pair.nodes.primary.log).toContain('PULSE_PARTNER_LOST');
  });
});
