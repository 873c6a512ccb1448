import { monotonicNowMs } from '@piranha/common';
import type { WitnessTarget } from '@piranha/config';
import type { Asker } from './asker.js';
import { ownAddresses } from './neighbour.js';
import { openAsker } from './open-asker.js';

const SHORTEST_LIMIT_MS = 1_000;

/** How long who asks by hand waits, ms: also for an answer that is too late for pulse, so as to tell how late. */
export function handLimitMs(intervalMs: number): number {
  return Math.max(SHORTEST_LIMIT_MS, intervalMs);
}

/** What became of one question. */
export interface WitnessAnswer {
  readonly name: string;
  /** From question to answer, ms; undefined where there was none. */
  readonly roundTripMs?: number;
  readonly problem?: string;
}

/** Asks a witness once and waits for its answer, `limitMs` at most. Never rejects. */
export async function askWitness(target: WitnessTarget, limitMs: number): Promise<WitnessAnswer> {
  const { name } = target;
  if (ownAddresses().has(target.address)) return { name, problem: 'this machine has the address itself' };
  let asker: Asker | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<WitnessAnswer>((resolve) => {
      timer = setTimeout(() => resolve({ name, problem: `no answer within ${limitMs} ms` }), limitMs);
      asker = openAsker(target, {
        answered: (sentMs) => resolve({ name, roundTripMs: monotonicNowMs() - sentMs }),
        failed: (_, problem) => resolve({ name, problem }),
      });
      asker.ask(monotonicNowMs());
    });
  } finally {
    clearTimeout(timer);
    asker?.close();
  }
}
