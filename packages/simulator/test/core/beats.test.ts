import { fileURLToPath } from 'node:url';
import { loadConfiguration } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { pairOf, pairOfConfiguration, pairSettings, promisesOf, simulateSeed } from '../../src/index.js';
import { BUG_SEEDS, firstFailure, firstFailureText, SETTINGS } from '../support.js';

const SEEDS = 300;
/** A machine that does much else. */
const LIMIT = { timeout: 300_000 };
const ATTACKED = { ...pairOf(SETTINGS), isAttacked: true };
const KEYED = { ...ATTACKED, hasKey: true };

describe('a simulated pair with a key', LIMIT, () => {
  it(`keeps every promise in ${SEEDS} fixed seeds while somebody replays and forges`, () => {
    expect(firstFailureText(KEYED, 1, SEEDS)).toBeUndefined();
  });

  it('believes no recording of a guardian that spoke to an earlier life', () => {
    expect(firstFailureText(KEYED, 323_985_283, 1)).toBeUndefined();
  });

  it(`keeps every promise in ${SEEDS} seeds that nobody has tried`, () => {
    expect(firstFailureText(KEYED, Math.floor(Math.random() * 2 ** 31), SEEDS)).toBeUndefined();
  });

  it('keeps them at other times', () => {
    for (const [keepaliveMs, deadtimeMs] of [
      [50, 150],
      [1_000, 3_000],
    ] as const) {
      expect(
        firstFailureText({ ...KEYED, ...pairOf(pairSettings(keepaliveMs, deadtimeMs)) }, 1, 15),
      ).toBeUndefined();
    }
  });

  it('is more than a pair with words, which the same attacker moves as he likes', () => {
    expect(firstFailure(ATTACKED, 1, BUG_SEEDS)).toBeDefined();
  });

  it('does the same for the same seed', () => {
    expect(simulateSeed(KEYED, 4_711).outcome).toEqual(simulateSeed(KEYED, 4_711).outcome);
  });

  it('is what an lvs.cf with heartbeat_key makes', async () => {
    const sample = fileURLToPath(new URL('../../../../etc/samples/heartbeat-key.cf', import.meta.url));
    const { configuration } = await loadConfiguration(sample);
    const pair = configuration && pairOfConfiguration(configuration);
    if (pair === undefined) throw new Error('the sample names no pair');
    expect(pair).toMatchObject({ hasKey: true, isAttacked: true });
    // A recording of a stand-in's first word, which was not believed, came back after its second one.
    expect(firstFailureText(pair, 703, 1)).toBeUndefined();
    // A recording of what a slow pulse had heard too early to believe came back when its own number had leapt.
    for (const seed of [4_451, 12_255, 14_867, 16_863]) {
      expect(firstFailureText(pair, seed, 1)).toBeUndefined();
    }
    expect(promisesOf(pair).at(-1)).toContain('replays and forges');
  });
});
