import { describe, expect, it } from 'vitest';
import { groupOf, pairOf } from '../../src/index.js';
import { BUG_SEEDS, firstFailure, firstFailureText, SETTINGS } from '../support.js';
import { LEAVE_BUGS, withBug } from './planted-bugs.js';

const FIXED_SEEDS = 50;
const FRESH_SEEDS = 40;
/** A machine that does much else. */
const LIMIT = { timeout: 300_000 };
/** Programs of a voluntary move run up to half as long again as it waits. */
const WAITING = { ...SETTINGS, leaveLimitMs: 600 };

describe('a pair whose voluntary moves wait for programs', LIMIT, () => {
  const pair = { ...pairOf(WAITING), hasMaintenance: true };

  it(`keeps every promise in ${FIXED_SEEDS} fixed seeds`, () => {
    expect(firstFailureText(pair, 1, FIXED_SEEDS)).toBeUndefined();
  });

  it(`keeps every promise in ${FRESH_SEEDS} seeds that nobody has tried`, () => {
    const from = Math.floor(Math.random() * 2 ** 31);
    expect(firstFailureText(pair, from, FRESH_SEEDS)).toBeUndefined();
  });

  it('keeps every promise with beats, in three directors too', () => {
    expect(firstFailureText({ ...pair, hasKey: true }, 1, 6)).toBeUndefined();
    expect(firstFailureText(groupOf(WAITING, 3), 1, 3)).toBeUndefined();
  });

  for (const [title, bug] of Object.entries(LEAVE_BUGS)) {
    it(`does not with a planted bug: ${title}`, () => {
      const broken = { ...pairOf(WAITING, withBug(bug)), hasMaintenance: true };
      expect(firstFailure(broken, 1, BUG_SEEDS)).toBeDefined();
    });
  }
});
