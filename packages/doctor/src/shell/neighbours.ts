import type { Neighbour } from '../core/paths.js';
import { outputOf } from './tools.js';

/** Entries that are read at most. */
const MOST_NEIGHBOURS = 10_000;
const USELESS = ['FAILED', 'INCOMPLETE'];

/** IPv4 neighbours whose MACs the kernel knows, without asking anybody. */
export async function readNeighbours(): Promise<readonly Neighbour[]> {
  const text = await outputOf('ip', '-j', '-4', 'neigh', 'show');
  if (text === undefined) return [];
  try {
    const entries = JSON.parse(text) as readonly Readonly<Record<string, unknown>>[];
    return entries.slice(0, MOST_NEIGHBOURS).flatMap(({ dst, dev, lladdr, state }) => {
      const isKnown = Array.isArray(state) && !state.some((one) => USELESS.includes(String(one)));
      const isWhole = typeof dst === 'string' && typeof dev === 'string' && typeof lladdr === 'string';
      return isKnown && isWhole ? [{ address: dst, mac: lladdr, device: dev }] : [];
    });
  } catch {
    return [];
  }
}
