import { describe, expect, it } from 'vitest';
import { type Failure, OWN_MACHINES, pairOf, type SimulatedPair, simulateSeed } from '../../src/index.js';
import { SETTINGS, WITNESS } from '../support.js';
import { WITNESS_BUGS, withBug } from './planted-bugs.js';

const FIXED_SEEDS = 150;
const FRESH_SEEDS = 100;
/** A planted bug must be found within so many seeds. */
const BUG_SEEDS = 2_000;

function firstFailure(pair: SimulatedPair, from: number, count: number): Failure | undefined {
  for (let seed = from; seed < from + count; seed += 1) {
    const { failure } = simulateSeed(pair, seed);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** A machine that does much else. */
const LIMIT = { timeout: 300_000 };

describe('a pair with a witness under require', LIMIT, () => {
  const pair = pairOf(SETTINGS, OWN_MACHINES, WITNESS);

  it(`keeps every promise in ${FIXED_SEEDS} fixed seeds`, () => {
    expect(firstFailure(pair, 1, FIXED_SEEDS)?.lines.join('\n')).toBeUndefined();
  });

  it(`keeps every promise in ${FRESH_SEEDS} seeds that nobody has tried`, () => {
    const from = Math.floor(Math.random() * 2 ** 31);
    expect(firstFailure(pair, from, FRESH_SEEDS)?.lines.join('\n')).toBeUndefined();
  });

  for (const [title, bug] of Object.entries(WITNESS_BUGS)) {
    it(`does not with a planted bug: ${title}`, () => {
      expect(firstFailure(pairOf(SETTINGS, withBug(bug), WITNESS), 1, BUG_SEEDS)).toBeDefined();
    });
  }
});
