import type { CheckTarget } from './check-targets.js';

/** Where a real service is watched: by a nanny of its own, or by the shared nanny of that number, counted from 1. */
export type NannyPlace = 'own' | number;

const MOST_SHARED = 4;

/** How many shared nannies a machine gets: one for each processor, for one can fill one. */
export function sharedNannyCount(processors: number): number {
  return Math.min(MOST_SHARED, Math.max(1, Math.floor(processors)));
}

/** FNV-1a: the same text gives the same number in every life of lvsd. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

/**
 * Up to `ownLimit` real services have a nanny each; with more, all are shared. Of a shared one only the real service
 * counts, so that those behind many addresses meet in one process and are checked once.
 */
export function nannyPlaces(
  targets: readonly CheckTarget[],
  ownLimit: number,
  sharedNannies: number,
): ReadonlyMap<string, NannyPlace> {
  const isShared = targets.length > ownLimit;
  return new Map(
    targets.map(({ id, service, server }): [string, NannyPlace] => {
      const text = `${service.protocol} ${server.address}:${server.port}`;
      return [id, isShared ? 1 + (hashOf(text) % sharedNannies) : 'own'];
    }),
  );
}
