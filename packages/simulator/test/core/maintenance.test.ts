import { describe, expect, it } from 'vitest';
import { pairOf, pairSettings } from '../../src/index.js';
import { BUG_SEEDS, firstFailure, firstFailureText, SETTINGS } from '../support.js';
import { MAINTENANCE_BUGS, withBug } from './planted-bugs.js';

const FIXED_SEEDS = 400;
const FRESH_SEEDS = 200;
/** A machine that does much else. */
const LIMIT = { timeout: 300_000 };

describe('a pair whose operators order directors out and in', LIMIT, () => {
  const pair = { ...pairOf(SETTINGS), hasMaintenance: true };

  it('keeps every promise in seeds where a second order is refused while the first is under way', () => {
    const pair = { ...pairOf(pairSettings(2_000, 5_000)), hasMaintenance: true };
    for (const seed of [18_990, 27_547, 54_926]) expect(firstFailureText(pair, seed, 1)).toBeUndefined();
  });

  it(`keeps every promise in ${FIXED_SEEDS} fixed seeds`, () => {
    expect(firstFailureText(pair, 1, FIXED_SEEDS)).toBeUndefined();
  });

  it(`keeps every promise in ${FRESH_SEEDS} seeds that nobody has tried`, () => {
    const from = Math.floor(Math.random() * 2 ** 31);
    expect(firstFailureText(pair, from, FRESH_SEEDS)).toBeUndefined();
  });

  for (const [title, bug] of Object.entries(MAINTENANCE_BUGS)) {
    it(`does not with a planted bug: ${title}`, () => {
      const broken = { ...pairOf(SETTINGS, withBug(bug)), hasMaintenance: true };
      expect(firstFailure(broken, 1, BUG_SEEDS)).toBeDefined();
    });
  }
});
