import { MAIN_GROUP } from '@piranha/config';
import type { PulseState } from './types.js';

/** What is looked at of a group. */
interface MovableGroup {
  readonly name: string;
  readonly state: Pick<PulseState, 'duty' | 'reason' | 'leaving'>;
  /** False where the partner's lvs.cf does not have it. */
  readonly isKnown: boolean;
  /** False where the partner goes by another lvs.cf, whose groups may have other addresses. */
  readonly isAlike: boolean;
}

export type GroupsToMove =
  | { readonly type: 'move'; readonly groups: readonly string[] }
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'unknown'; readonly hint: string };

/**
 * Which groups a handover is about: the one that is named, else all that this node serves.
 * @param force one group alone, although the partner may have other addresses in it
 */
export function groupsToMove(
  all: readonly MovableGroup[],
  named: string | undefined,
  force = false,
): GroupsToMove {
  const meant = named === undefined ? all : all.filter(({ name }) => name === named);
  if (meant.length === 0) {
    return { type: 'unknown', hint: `there are the groups ${all.map(({ name }) => name).join(', ')}` };
  }
  // A second one would get the answer of the first.
  const moving = meant.find(({ state }) => state.duty === 'releasing');
  if (meant.some(({ state }) => state.leaving !== undefined)) {
    return { type: 'refused', why: 'a move is under way: programs run before it' };
  }
  if (moving !== undefined) return { type: 'refused', why: `a move is under way: ${moving.state.reason}` };
  // What the partner does not know it takes for part of the main group.
  const together = named === MAIN_GROUP ? all : meant;
  const stranger = named === undefined ? undefined : together.find(({ isKnown }) => !isKnown);
  if (stranger !== undefined) {
    const why = `the lvs.cf of the partner has no group ${stranger.name} yet`;
    return { type: 'refused', why: stranger.name === named ? why : `${why}: ${named} alone cannot move` };
  }
  const unlike = named === undefined || force ? undefined : meant.find(({ isAlike }) => !isAlike);
  if (unlike !== undefined) {
    const why = `the partner goes by another lvs.cf, whose group ${unlike.name} may have other addresses`;
    return { type: 'refused', why: `${why}: reload it there first, or hand over all groups` };
  }
  const served = meant.filter(({ state }) => state.duty === 'active');
  // The first one says why nothing can be handed over.
  return { type: 'move', groups: (served.length > 0 ? served : meant.slice(0, 1)).map(({ name }) => name) };
}
