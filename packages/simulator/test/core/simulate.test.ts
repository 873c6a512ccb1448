import { describe, expect, it } from 'vitest';
import { pairOf, pairSettings, simulateSeed } from '../../src/index.js';
import { BUG_SEEDS, firstFailure, firstFailureText, SETTINGS } from '../support.js';
import { BEAT_BUGS } from './planted-beat-bugs.js';
import { PLANTED_BUGS, withBug } from './planted-bugs.js';

/** 2,000 in all with the 600 of a pair with a key, in beats.test.ts. */
const FIXED_SEEDS = 700;
const FRESH_SEEDS = 700;
/** A machine that does much else. */
const LIMIT = { timeout: 300_000 };

describe('the simulator', LIMIT, () => {
  it(`finds every promise kept in ${FIXED_SEEDS} fixed seeds`, () => {
    expect(firstFailureText(pairOf(SETTINGS), 1, FIXED_SEEDS)).toBeUndefined();
  });

  it(`finds every promise kept in ${FRESH_SEEDS} seeds that nobody has tried`, () => {
    const from = Math.floor(Math.random() * 2 ** 31);
    expect(firstFailureText(pairOf(SETTINGS), from, FRESH_SEEDS)).toBeUndefined();
  });

  it('finds every promise kept in seeds that once broke one', () => {
    // Both are told to hand over at once, and the words of one are lost.
    for (const hasKey of [false, true])
      expect(firstFailureText({ ...pairOf(SETTINGS), hasKey }, 1_554_009_155, 1)).toBeUndefined();
  });

  it('finds every promise kept where a pulse ends while its guardian stands still for long', () => {
    const pair = { ...pairOf(pairSettings(2_000, 5_000)), hasMaintenance: true };
    expect(firstFailureText(pair, 7_002_979, 1)).toBeUndefined();
  });

  it('finds every promise kept where a machine was slow as it began to start its daemons again', () => {
    const pair = { ...pairOf(pairSettings(2_000, 5_000)), hasMaintenance: true };
    expect(firstFailureText(pair, 32_864, 1)).toBeUndefined();
  });

  it('finds every promise kept at other times: beats of 10 ms, of 1 s, a long deadtime', () => {
    for (const [keepaliveMs, deadtimeMs] of [
      [10, 50],
      [50, 150],
      [1_000, 3_000],
      [2_000, 18_000],
    ] as const) {
      const pair = pairOf(pairSettings(keepaliveMs, deadtimeMs));
      expect(firstFailureText(pair, 1, 40)).toBeUndefined();
    }
  });

  it('does the same for the same seed', () => {
    const pair = pairOf(SETTINGS);
    const { outcome } = simulateSeed(pair, 4_711);
    expect(simulateSeed(pair, 4_711).outcome).toEqual(outcome);
    expect(simulateSeed(pair, 4_712).outcome.history).not.toEqual(outcome.history);
  });

  for (const [title, bug] of Object.entries(PLANTED_BUGS)) {
    it(`finds a planted bug: ${title}`, () => {
      expect(firstFailure(pairOf(SETTINGS, withBug(bug)), 1, BUG_SEEDS)).toBeDefined();
    });
  }

  for (const [title, bug] of Object.entries(BEAT_BUGS)) {
    it(`finds a planted bug where there is a key: ${title}`, () => {
      const pair = { ...pairOf(SETTINGS, withBug(bug)), hasKey: true, isAttacked: true };
      expect(firstFailure(pair, 1, BUG_SEEDS)?.promise).toBe('what is replayed or forged changes nothing');
    });
  }

  it('tells a failure by its promise, few faults and what happened', () => {
    const tie = PLANTED_BUGS['the tie rule is lost: both keep the addresses'];
    const pair = pairOf(SETTINGS, withBug(tie ?? (() => ({}))));
    const failure = firstFailure(pair, 1, BUG_SEEDS);
    const [head = '', count = '', ...lines] = failure?.lines ?? [];
    expect(head).toContain(`seed ${failure?.seed}: broken: never two holders`);
    expect(Number(/^\d+/.exec(count)?.[0])).toBeLessThanOrEqual(4);
    expect(lines.some((line) => line.includes('***'))).toBe(true);
    expect(lines.length).toBeLessThan(80);
  });
});
