import { describe, expect, it } from 'vitest';
import {
  failuresOf,
  gapAfterMs,
  type LedgerEntry,
  longestPauseMs,
  type RequestOutcome,
  summarise,
} from '../../src/core/ledger.js';

const OK: RequestOutcome = { type: 'completed', server: 'one' };
const REFUSED: RequestOutcome = { type: 'refused' };
const BROKEN: RequestOutcome = { type: 'broken', reason: 'reset' };

function entry(begunMs: number, endedMs: number, outcome: RequestOutcome = OK): LedgerEntry {
  return { begunMs, endedMs, outcome };
}

describe('the request ledger', () => {
  it('counts what was in flight at a kill as cut, and what began later as failed', () => {
    const book = [entry(0, 5), entry(8, 12, BROKEN), entry(11, 13, REFUSED), entry(14, 15)];
    const kills = [{ atMs: 10, goneMs: 10, opensGap: false }];
    expect(summarise(book, kills)).toEqual({ requests: 4, completed: 2, failed: 1, cut: 1, inGap: 0 });
    expect(failuresOf(book, kills)).toEqual([entry(11, 13, REFUSED)]);
  });

  it('counts what began before the killed process was gone as cut', () => {
    const book = [entry(11, 12, BROKEN), entry(13, 14, BROKEN)];
    expect(summarise(book, [{ atMs: 10, goneMs: 12, opensGap: false }])).toMatchObject({ cut: 1, failed: 1 });
  });

  it('does not count what began within a failover gap, and counts again after it', () => {
    const book = [
      entry(11, 12, REFUSED),
      entry(500, 501, REFUSED),
      entry(900, 910),
      entry(905, 906),
      entry(920, 921, REFUSED),
    ];
    const kills = [{ atMs: 10, goneMs: 10, opensGap: true }];
    expect(gapAfterMs(book, 10)).toBe(896);
    expect(summarise(book, kills)).toEqual({ requests: 5, completed: 2, failed: 1, cut: 0, inGap: 2 });
  });

  it('a gap without any completed request after it never ends', () => {
    const book = [entry(0, 1), entry(20, 21, REFUSED)];
    expect(gapAfterMs(book, 10)).toBeUndefined();
    expect(summarise(book, [{ atMs: 10, goneMs: 10, opensGap: true }])).toMatchObject({
      inGap: 1,
      failed: 0,
    });
  });

  it('a request that completed although it was in flight at a kill is completed', () => {
    expect(summarise([entry(5, 15)], [{ atMs: 10, goneMs: 10, opensGap: true }])).toMatchObject({
      completed: 1,
      cut: 0,
    });
  });

  it('finds the longest pause, edges included', () => {
    const book = [entry(0, 110), entry(0, 150), entry(0, 160, BROKEN), entry(0, 190)];
    expect(longestPauseMs(book, 100, 200)).toBe(40);
    expect(longestPauseMs([], 100, 200)).toBe(100);
  });
});
