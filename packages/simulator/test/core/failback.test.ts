import { parseLvsCf } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { runScript } from '../../src/core/pair.js';
import {
  OWN_MACHINES,
  pairOf,
  pairOfConfiguration,
  promisesOf,
  type SimulatedPair,
} from '../../src/index.js';
import { BUG_SEEDS, firstFailure, firstFailureText, POWER_CUT, SETTINGS } from '../support.js';
import { withBug } from './planted-bugs.js';
import { FAILBACK_BUGS } from './planted-failback-bugs.js';

const HOLD_MS = 1_000;
const SERVICE =
  'virtual web {\nactive = 1\naddress = 192.0.2.100 eth0:1\nserver a {\naddress = 10.0.0.1\nactive = 1\n}\n}\n';
/** A machine that does much else. */
const LIMIT = { timeout: 300_000 };

function returning(failback: 'ready' | 'always', machines = OWN_MACHINES): SimulatedPair {
  return { ...pairOf(SETTINGS, machines), hasKey: true, failback: { failback, failbackHoldMs: HOLD_MS } };
}

describe('a pair whose addresses go back to the preferred director', LIMIT, () => {
  it('keeps every promise in fixed seeds, and in seeds that nobody has tried', () => {
    expect(firstFailureText(returning('ready'), 1, 30)).toBeUndefined();
    expect(firstFailureText(returning('ready'), Math.floor(Math.random() * 2 ** 31), 20)).toBeUndefined();
    expect(firstFailureText(returning('always'), 1, 15)).toBeUndefined();
  });

  it('has them at the primary again after a power cut, and not without failback', () => {
    const { violation, takeovers, history } = runScript(returning('ready'), POWER_CUT);
    expect(violation).toBeUndefined();
    expect(takeovers).toBe(3);
    expect(history.some((line) => line.endsWith('backup gives main back'))).toBe(true);
    expect(runScript({ ...pairOf(SETTINGS), hasKey: true }, POWER_CUT).takeovers).toBe(2);
  });

  for (const [title, bug] of Object.entries(FAILBACK_BUGS)) {
    it(`does not with a planted bug: ${title}`, () => {
      expect(firstFailure(returning('ready', withBug(bug)), 1, BUG_SEEDS)).toBeDefined();
    });
  }

  it('is what an lvs.cf with a key makes, unless it says failback = none', () => {
    const file = (words: string) =>
      `primary = 192.0.2.1\nbackup = 192.0.2.2\nbackup_active = 1\nheartbeat_key = /etc/beat.keys\n${words}${SERVICE}`;
    const pairOfText = (text: string) => {
      const { configuration } = parseLvsCf(text);
      const pair = configuration && pairOfConfiguration(configuration);
      if (pair === undefined) throw new Error('no pair');
      return pair;
    };
    const pair = pairOfText(file('failback_hold = 12\n'));
    expect(pair.failback).toEqual({ failback: 'ready', failbackHoldMs: 12_000 });
    expect(promisesOf(pair).join('\n')).toContain('the addresses go back once, after 12000 ms');
    expect(pairOfText(file('failback = none\n')).failback).toBeUndefined();
  });
});
