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
