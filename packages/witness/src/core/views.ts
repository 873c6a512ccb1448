import type { ProbeState } from './probe.js';

/** What the witnesses together say. */

/** A witness as a decision sees it. */
export type WitnessView = Pick<ProbeState, 'reach' | 'proof' | 'runSinceMs' | 'question'>;

/** How late the way to a quorum of witnesses was open for certain, monotonic ms; undefined before that. */
export function lastProofMs(views: readonly WitnessView[], quorum: number): number | undefined {
  const proofs = views.flatMap(({ proof }) => proof?.sentMs ?? []);
  return proofs.sort((left, right) => right - left)[quorum - 1];
}

/** The witnesses that answered questions sent after `sinceMs`, and still count as reachable. */
function freshOnes(views: readonly WitnessView[], sinceMs: number): readonly WitnessView[] {
  return views.filter(({ reach, proof }) => reach === 'reachable' && (proof?.sentMs ?? -Infinity) > sinceMs);
}

/** True if a quorum of witnesses answered questions that were sent after `sinceMs`, and still counts as reachable. */
export function freshProof(views: readonly WitnessView[], quorum: number, sinceMs: number): boolean {
  return freshOnes(views, sinceMs).length >= quorum;
}

/** Since when those of a fresh quorum have answered without a break; undefined without one. */
export function quorumSinceMs(
  views: readonly WitnessView[],
  quorum: number,
  sinceMs: number,
): number | undefined {
  const runs = freshOnes(views, sinceMs).map(({ runSinceMs }) => runSinceMs ?? Infinity);
  return runs.sort((left, right) => left - right)[quorum - 1];
}

/** `2 of 3 witnesses answer`. */
export function answeringText(views: readonly WitnessView[]): string {
  const count = views.filter(({ reach }) => reach === 'reachable').length;
  if (views.length === 1) return count === 1 ? 'the witness answers' : 'the witness does not answer';
  return `${count} of ${views.length} witnesses answer`;
}
