import type { Answers } from './stage.js';

/**
 * The longest time without an answer that ended after the event, milliseconds. Silence that lasts until the end counts
 * too: the client did not see the address come back.
 */
export function longestGapMs(answers: Answers, eventMs: number, endMs: number): number {
  let longest = 0;
  let last = answers.findLast(([atMs]) => atMs <= eventMs)?.[0] ?? eventMs;
  for (const [atMs] of answers) {
    if (atMs <= eventMs) continue;
    longest = Math.max(longest, atMs - last);
    last = atMs;
  }
  return Math.max(longest, endMs - last);
}

/** One look at who has the address. */
export interface HolderSample {
  readonly atMs: number;
  readonly holders: number;
}

/** How long more than one director had the address, milliseconds; each look stands until the next one. */
export function sharedMs(samples: readonly HolderSample[]): number {
  return samples.reduce((sum, { atMs, holders }, index) => {
    const next = samples[index + 1];
    return holders > 1 && next ? sum + next.atMs - atMs : sum;
  }, 0);
}
