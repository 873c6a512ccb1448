import { describe, expect, it } from 'vitest';
import { pairOf } from '../../src/index.js';
import { BUG_SEEDS, firstFailure, firstFailureText, SETTINGS } from '../support.js';
import { RELOAD_BUGS, withBug } from './planted-bugs.js';

const FIXED_SEEDS = 40;
const FRESH_SEEDS = 40;
/** A machine that does much else. */
const LIMIT = { timeout: 300_000 };

describe('a pair whose directors are reloaded to other times, one after the other', LIMIT, () => {
  describe.each([
    ['words', false],
    ['beats', true],
  ])('and that speaks %s', (_, hasKey) => {
    const pair = { ...pairOf(SETTINGS), hasReloads: true, hasKey };

    it(`has no failover in ${FIXED_SEEDS} fixed seeds and ${FRESH_SEEDS} that nobody has tried`, () => {
      expect(firstFailureText(pair, 1, FIXED_SEEDS)).toBeUndefined();
      const from = Math.floor(Math.random() * 2 ** 31);
      expect(firstFailureText(pair, from, FRESH_SEEDS)).toBeUndefined();
    });

    for (const [title, bug] of Object.entries(RELOAD_BUGS)) {
      // With beats one half of the rule is enough: the partner hears within a moment what is expected of it.
      if (hasKey && title.endsWith('is forgotten')) continue;
      it(`has one with a planted bug: ${title}`, () => {
        const broken = { ...pair, machines: withBug(bug) };
        expect(firstFailure(broken, 1, BUG_SEEDS)?.promise).toBe('a reload is no failover');
      });
    }
  });
});
