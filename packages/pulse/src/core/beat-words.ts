import type { HeartbeatWord } from '@piranha/protocol';
import { type Beat, type Duty, type GroupDuty, PAIR_NAMES } from '@piranha/protocol/beat';
import type { PulseState } from './types.js';

/** Between the beats of the own protocol and the words by which the state machine thinks. */

/**
 * What a beat says of a group of addresses, as a word; undefined: it says nothing about it, as a node that only
 * listens. Such a beat opens a session and changes nothing else. Who does not know the group, for its lvs.cf does not
 * have it yet, has its addresses in the main one.
 */
export function wordOfBeat(
  { groups }: Pick<Beat, 'groups'>,
  name: string = PAIR_NAMES.group,
): HeartbeatWord | undefined {
  const group = groupOfBeat({ groups }, name);
  if (group === undefined) return undefined;
  if (group.asksRelease === true) return 'fos go inactive';
  return group.duty === 'active' ? 'lvs running' : 'lvs stopped';
}

/** What a beat says of a group of addresses, or of the main one where the sender does not know it. */
export function groupOfBeat({ groups }: Pick<Beat, 'groups'>, name: string): GroupDuty | undefined {
  return groups.find((one) => one.name === name) ?? groups.find((one) => one.name === PAIR_NAMES.group);
}

/** The duty that a beat tells beside its word: the word decides, so that both protocols say the same at each moment. */
function dutyBeside(word: HeartbeatWord, duty: PulseState['duty']): Duty {
  if (word !== 'lvs stopped') return 'active';
  if (duty === 'active') return 'releasing';
  return duty === 'ended' ? 'standby' : duty;
}

/** What a beat says about the addresses of one group. */
export function groupDuty(name: string, word: HeartbeatWord, duty: PulseState['duty']): GroupDuty {
  const group: GroupDuty = { name, duty: dutyBeside(word, duty) };
  return word === 'fos go inactive' ? { ...group, asksRelease: true } : group;
}

/**
 * What a beat says about the addresses; nothing without a word.
 * @param named of the groups beside the main one
 * @param heir to whom the main group is handed, where one of several directors is named
 */
export function groupsOf(
  word: HeartbeatWord | undefined,
  duty: PulseState['duty'],
  named: readonly GroupDuty[] = [],
  heir?: string,
): readonly GroupDuty[] {
  if (word === undefined) return [];
  const main = groupDuty(PAIR_NAMES.group, word, duty);
  return [heir === undefined ? main : { ...main, heir }, ...named];
}
