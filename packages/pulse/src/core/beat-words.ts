import type { HeartbeatWord } from '@piranha/protocol';
import { type Beat, type Duty, type GroupDuty, PAIR_NAMES } from '@piranha/protocol/beat';
import type { PulseState } from './types.js';

/** Between the beats of the own protocol and the words by which the state machine thinks. */

/**
 * What a beat says, as a word; undefined: it says nothing about the addresses, as a node that only listens. Such a beat
 * opens a session and changes nothing else.
 */
export function wordOfBeat({ groups }: Pick<Beat, 'groups'>): HeartbeatWord | undefined {
  const group = groups.find(({ name }) => name === PAIR_NAMES.group);
  if (group === undefined) return undefined;
  if (group.asksRelease === true) return 'fos go inactive';
  return group.duty === 'active' ? 'lvs running' : 'lvs stopped';
}

/** The duty that a beat tells beside its word: the word decides, so that both protocols say the same at each moment. */
function dutyBeside(word: HeartbeatWord, duty: PulseState['duty']): Duty {
  if (word !== 'lvs stopped') return 'active';
  if (duty === 'active') return 'releasing';
  return duty === 'ended' ? 'standby' : duty;
}

/** What a beat says about the addresses; nothing without a word. @param heir to whom they are handed, where one is named */
export function groupsOf(
  word: HeartbeatWord | undefined,
  duty: PulseState['duty'],
  heir?: string,
): readonly GroupDuty[] {
  if (word === undefined) return [];
  const group: GroupDuty = {
    name: PAIR_NAMES.group,
    duty: dutyBeside(word, duty),
    ...(heir === undefined ? {} : { heir }),
  };
  return [word === 'fos go inactive' ? { ...group, asksRelease: true } : group];
}
