/**
 * How late heartbeats were, counted by the upper end of the step in which a lateness falls: eight steps for each doubling,
 * from a tenth of a millisecond on, and anew behind each keepalive, so that one lost heartbeat and two are told apart. A
 * figure that is read back is at most 9 % of a keepalive too large, never too small; far beyond, 9 % of itself.
 */

const STEPS_PER_DOUBLING = 8;
const FIRST_MS = 0.1;
/** Behind so many keepalives a lateness is counted as a whole. */
const KEEPALIVES_APART = 16;
/** What is later than a day counts as a day. */
const LONGEST_MS = 86_400_000;

/** Most entries that counts may have, for keepalives up to a day. */
export const MOST_LATENESSES = 4_096;

/** Pairs of a step's upper end, ms, and how many fell in it; growing, none twice. A model may count in fractions. */
export type LatenessCounts = readonly (readonly [upToMs: number, count: number])[];

function stepEnd(ms: number): number {
  if (!(ms > FIRST_MS)) return FIRST_MS;
  return (
    FIRST_MS * 2 ** (Math.ceil(Math.log2(ms / FIRST_MS) * STEPS_PER_DOUBLING - 1e-9) / STEPS_PER_DOUBLING)
  );
}

/** Upper end of the step in which a lateness falls, ms; 0.1 for on time. */
export function latenessStepMs(latenessMs: number, keepaliveMs: number): number {
  const late = Math.min(Math.max(0, latenessMs), LONGEST_MS);
  const missed = Math.floor(late / keepaliveMs);
  const end =
    missed < KEEPALIVES_APART
      ? missed * keepaliveMs + Math.min(keepaliveMs, stepEnd(late - missed * keepaliveMs))
      : stepEnd(late);
  return Math.ceil(end * 1_000 - 1e-6) / 1_000;
}

/** How many were later than `latenessMs`; those of a step that may reach beyond count too. */
export function countLater(counts: LatenessCounts, latenessMs: number): number {
  let sum = 0;
  for (let index = counts.length - 1; index >= 0; index -= 1) {
    const [upToMs, count] = counts[index] ?? [0, 0];
    if (upToMs <= latenessMs + 1e-6) break;
    sum += count;
  }
  return sum;
}

/** The least lateness, ms, that at most a share `1 - quantile` of `total` exceeded; 0 where nothing was late. */
export function latenessQuantileMs(counts: LatenessCounts, total: number, quantile: number): number {
  const allowed = (1 - quantile) * total;
  let later = 0;
  for (let index = counts.length - 1; index >= 0; index -= 1) {
    const [upToMs, count] = counts[index] ?? [0, 0];
    later += count;
    if (later > allowed + 1e-9) return upToMs;
  }
  return 0;
}
