import type { Answers } from './stage.js';

/** A time without an answer. */
export interface Gap {
  readonly durationMs: number;
  /** When the client was answered again, monotonic ms. */
  readonly endMs: number;
}

/**
 * The longest time without an answer that ended after the event. Silence that lasts until the end counts
 * too: the client did not see the address come back.
 */
export function longestGap(answers: Answers, eventMs: number, endMs: number): Gap {
  let longest: Gap = { durationMs: 0, endMs: eventMs };
  let last = answers.findLast(([atMs]) => atMs <= eventMs)?.[0] ?? eventMs;
  for (const atMs of [...answers.map(([when]) => when), endMs]) {
    if (atMs <= eventMs) continue;
    if (atMs - last > longest.durationMs) longest = { durationMs: atMs - last, endMs: atMs };
    last = atMs;
  }
  return longest;
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
