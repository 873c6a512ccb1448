import { type Beat, PAIR_NAMES } from '@piranha/protocol/beat';
import { rankOfPriority } from './beat-content.js';
import { viewGap } from './readiness.js';
import type { PulseEvent } from './types.js';

/** What a beat of one of several directors means; undefined where it says nothing about the addresses. */
export function heardOfBeat(beat: Beat): Extract<PulseEvent, { type: 'heardOf' }> | undefined {
  const group = beat.groups.find(({ name }) => name === PAIR_NAMES.group);
  if (group === undefined) return undefined;
  return {
    type: 'heardOf',
    from: beat.node,
    rank: rankOfPriority(beat.priority),
    duty: group.duty,
    heir: group.heir,
    asksRelease: group.asksRelease === true,
    isReady: viewGap(beat) === undefined,
    relays: relaysOf(beat),
  };
}

/** Whom the sender hears serving, by the path that was heard last. */
function relaysOf({ hears }: Beat): readonly { readonly name: string; readonly ageMs: number }[] {
  return hears.flatMap(({ node, serves, paths = [] }) => {
    const ageMs = Math.min(...paths.map((path) => path.ageMs));
    return serves === true && ageMs !== Infinity ? [{ name: node, ageMs }] : [];
  });
}
