import { patient } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import { askWitness, handLimitMs, type WitnessAnswer } from '@piranha/witness';

/** Asks each witness of the configuration once; a second time where it was silent, for a lost packet is normal. */
export function askWitnesses({ witness }: LvsConfiguration): Promise<readonly WitnessAnswer[]> {
  const limitMs = patient(handLimitMs(witness.intervalMs));
  return Promise.all(
    witness.targets.map(async (target) => {
      const first = await askWitness(target, limitMs);
      return first.roundTripMs === undefined || first.roundTripMs > witness.intervalMs
        ? askWitness(target, limitMs)
        : first;
    }),
  );
}
