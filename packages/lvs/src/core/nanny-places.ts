import { checksOf } from '@piranha/config';
import { type CheckTarget, checkIntervalMs } from './check-targets.js';
import { peakChecksPerSecond } from './probe-budget.js';

/** Where a real service is watched: by a nanny of its own, or by the shared nanny of that number, counted from 1. */
export type NannyPlace = 'own' | number;

const MOST_SHARED = 4;
/** Checks a second beyond which another shared nanny helps: they keep one busy for a quarter of the time. */
const CHECKS_OF_ONE = 2_500;
/** Checks that cost as much as one which runs a program; a nanny begins 100 of those a second at most. */
const PROGRAM_COST = 25;

/** How many shared nannies a machine gets at most: one for each processor, for one can fill one. */
export function sharedNannyCount(processors: number): number {
  return Math.min(MOST_SHARED, Math.max(1, Math.floor(processors)));
}

/** So many as the checks need: each has its own heap, and fewer do more of them in one turn of their event loop. */
function neededNannies(targets: readonly CheckTarget[], most: number): number {
  const checksPerSecond = (target: CheckTarget) => 1_000 / checkIntervalMs(target);
  const load = targets.reduce((sum, target) => sum + checksPerSecond(target) * costOf(target), 0);
  return Math.min(most, Math.max(1, Math.ceil(load / CHECKS_OF_ONE)));
}

function costOf({ service, server }: CheckTarget): number {
  const blocks = checksOf(service.check, server)?.specs;
  const runsProgram = blocks
    ? blocks.some(({ kind }) => kind === 'program')
    : service.check.sendProgram !== undefined;
  return runsProgram ? PROGRAM_COST : 1;
}

/** FNV-1a: the same text gives the same number in every life of lvsd. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

/**
 * Up to `ownLimit` real services have a nanny each; with more, all are shared, as they are where they may ask for more
 * checks than the budget has: only a shared nanny can let them wait. One that stands behind several addresses and is checked in
 * the same way for each counts once. Of a shared one only the real service counts, so that those behind many addresses meet
 * in one process and are checked once.
 * @param probes their probe keys, by identity
 * @param sharedNannies how many there may be
 * @param budgetPerSecond most checks in a second; undefined = no limit
 */
export function nannyPlaces(
  targets: readonly CheckTarget[],
  probes: ReadonlyMap<string, string>,
  ownLimit: number,
  sharedNannies: number,
  budgetPerSecond?: number,
): ReadonlyMap<string, NannyPlace> {
  const probed = new Map(targets.map((target) => [probes.get(target.id) ?? target.id, target]));
  const each = [...probed.values()];
  const isOverBudget = budgetPerSecond !== undefined && peakChecksPerSecond(each, probes) > budgetPerSecond;
  const isShared = each.length > ownLimit || isOverBudget;
  const count = neededNannies(each, sharedNannies);
  return new Map(
    targets.map(({ id, service, server }): [string, NannyPlace] => {
      const text = `${service.protocol} ${server.address}:${server.port}`;
      return [id, isShared ? 1 + (hashOf(text) % count) : 'own'];
    }),
  );
}
