import { fileURLToPath } from 'node:url';
import { loadConfiguration } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { runScript } from '../../src/core/pair.js';
import {
  groupOf,
  OWN_MACHINES,
  pairOfConfiguration,
  pairSettings,
  promisesOf,
  simulateSeed,
} from '../../src/index.js';
import { firstFailure, firstFailureText, POWER_CUT, SETTINGS, WITNESS } from '../support.js';
import { SEVERAL_BUGS, SEVERAL_WITNESS_BUGS, WITNESS_OF_SEVERAL_BUG, withBug } from './planted-bugs.js';

/** Directors, fixed seeds, and seeds that nobody has tried: more of them make each seed longer. */
const RUNS = [
  [3, 24, 16],
  [4, 10, 6],
  [5, 8, 4],
] as const;
/** A planted bug must be found within so many seeds. */
const BUG_SEEDS = 60;
/** A machine that does much else. */
const LIMIT = { timeout: 300_000 };

const RETURN = { failback: 'ready', failbackHoldMs: 1_000 } as const;
const LATE_RETURN = { failback: 'ready', failbackHoldMs: 60_000 } as const;

const byChance = (): number => Math.floor(Math.random() * 2 ** 31);

describe('more than two simulated directors', LIMIT, () => {
  it.each(RUNS)(
    '%i of them keep every promise in %i fixed seeds and %i that nobody has tried',
    (count, fixed, fresh) => {
      const group = groupOf(SETTINGS, count);
      expect(firstFailureText(group, 1, fixed)).toBeUndefined();
      expect(firstFailureText(group, byChance(), fresh)).toBeUndefined();
    },
  );

  it('keep them while operators order directors out and in', () => {
    const group = { ...groupOf(SETTINGS, 3), hasMaintenance: true };
    expect(firstFailureText(group, byChance(), 12)).toBeUndefined();
  });

  it('keep them while the addresses go back to the first one, and it has them again after a power cut', () => {
    const group = (count: number) => ({ ...groupOf(SETTINGS, count), failback: RETURN });
    expect(firstFailureText(group(3), byChance(), 12)).toBeUndefined();
    expect(firstFailureText(group(5), byChance(), 2)).toBeUndefined();
    // Its real servers are lost within the moment in which it gets them.
    const slow = { ...groupOf(pairSettings(2_000, 5_000), 3), hasMaintenance: true, failback: LATE_RETURN };
    for (const seed of [367, 483]) expect(firstFailureText(slow, seed, 1)).toBeUndefined();
    const { violation, takeovers, history } = runScript(group(3), POWER_CUT);
    expect({ violation, takeovers }).toEqual({ violation: undefined, takeovers: 3 });
    expect(history.some((line) => line.endsWith('backup gives main back'))).toBe(true);
    expect(runScript(groupOf(SETTINGS, 3), POWER_CUT).takeovers).toBe(2);
  });

  it('keep them with a witness under require', () => {
    const group = groupOf(SETTINGS, 3, OWN_MACHINES, WITNESS);
    expect(firstFailureText(group, 1, 10)).toBeUndefined();
    expect(firstFailureText(group, byChance(), 8)).toBeUndefined();
  });

  it('do not with a planted bug: the witness is not asked where one of them let go by its own word', () => {
    const machines = withBug(WITNESS_OF_SEVERAL_BUG);
    expect(firstFailure(groupOf(SETTINGS, 3, machines, WITNESS), 1, BUG_SEEDS)).toBeDefined();
  });

  it('keep them while somebody replays and forges', () => {
    expect(firstFailureText({ ...groupOf(SETTINGS, 3), isAttacked: true }, byChance(), 6)).toBeUndefined();
  });

  it('keep them at other times', () => {
    expect(firstFailureText(groupOf(pairSettings(10, 50), 3), byChance(), 6)).toBeUndefined();
    expect(firstFailureText(groupOf(pairSettings(1_000, 3_000), 4), byChance(), 4)).toBeUndefined();
  });

  it('do the same for the same seed', () => {
    const group = groupOf(SETTINGS, 3);
    expect(simulateSeed(group, 4_711).outcome).toEqual(simulateSeed(group, 4_711).outcome);
  });

  for (const [title, bug] of Object.entries(SEVERAL_WITNESS_BUGS)) {
    it(`do not with a planted bug: ${title}`, () => {
      expect(firstFailure(groupOf(SETTINGS, 3, withBug(bug), WITNESS), 1, BUG_SEEDS)).toBeDefined();
    });
  }

  for (const [title, bug] of Object.entries(SEVERAL_BUGS)) {
    it(`do not with a planted bug: ${title}`, () => {
      expect(firstFailure(groupOf(SETTINGS, 3, withBug(bug)), 1, BUG_SEEDS)).toBeDefined();
    });
  }

  it('are what an lvs.cf with three director blocks makes, or any pair that is to be played as more', async () => {
    const samples = fileURLToPath(new URL('../../../../etc/samples/', import.meta.url));
    const three = (await loadConfiguration(`${samples}three-directors.cf`)).configuration;
    const group = three && pairOfConfiguration(three);
    if (group === undefined) throw new Error('the sample names no directors');
    expect(Object.keys(group.settings)).toEqual(['primary', 'backup', 'third']);
    expect(promisesOf(group)[0]).toBe('3 directors, keepalive 500 ms, deadtime 2000 ms');
    const pair = (await loadConfiguration(`${samples}direct.cf`)).configuration;
    expect(Object.keys((pair && pairOfConfiguration(pair, 5))?.settings ?? {})).toHaveLength(5);
  });
});
