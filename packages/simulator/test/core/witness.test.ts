import { describe, expect, it } from 'vitest';
import { OWN_MACHINES, pairOf } from '../../src/index.js';
import { BUG_SEEDS, firstFailure, firstFailureText, SETTINGS, WITNESS } from '../support.js';
import { WITNESS_BUGS, withBug } from './planted-bugs.js';

const FIXED_SEEDS = 150;
const FRESH_SEEDS = 100;
/** A machine that does much else. */
const LIMIT = { timeout: 300_000 };

describe('a pair with a witness under require', LIMIT, () => {
  const pair = pairOf(SETTINGS, OWN_MACHINES, WITNESS);

  it(`keeps every promise in ${FIXED_SEEDS} fixed seeds`, () => {
    expect(firstFailureText(pair, 1, FIXED_SEEDS)).toBeUndefined();
  });

  it(`keeps every promise in ${FRESH_SEEDS} seeds that nobody has tried`, () => {
    const from = Math.floor(Math.random() * 2 ** 31);
    expect(firstFailureText(pair, from, FRESH_SEEDS)).toBeUndefined();
  });

  for (const [title, bug] of Object.entries(WITNESS_BUGS)) {
    it(`does not with a planted bug: ${title}`, () => {
      expect(firstFailure(pairOf(SETTINGS, withBug(bug), WITNESS), 1, BUG_SEEDS)).toBeDefined();
    });
  }
});
