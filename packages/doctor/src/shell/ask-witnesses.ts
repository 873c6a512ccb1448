import { patient } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import { askWitness } from '@piranha/witness';
import type { WitnessFact } from '../core/facts.js';

/** What answers later than this is as good as silent, ms. */
const SHORTEST_LIMIT_MS = 1_000;

/** Asks each witness of the configuration once; a second time where it was silent, for a lost packet is normal. */
export function askWitnesses({ witness }: LvsConfiguration): Promise<readonly WitnessFact[]> {
  const limitMs = patient(Math.max(SHORTEST_LIMIT_MS, witness.intervalMs));
  return Promise.all(
    witness.targets.map(async (target) => {
      const first = await askWitness(target, limitMs);
      return first.roundTripMs === undefined || first.roundTripMs > witness.intervalMs
        ? askWitness(target, limitMs)
        : first;
    }),
  );
}
