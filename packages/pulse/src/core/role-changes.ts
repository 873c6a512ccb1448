import type { RoleChange } from '@piranha/notify';
import type { PulseSettings, PulseState } from './types.js';

/** One thing to tell programs and people. */
export interface RoleChangeTold {
  readonly change: RoleChange;
  readonly reason: string;
}

/**
 * What became of the role between two states of pulse, oldest first: told when it is done, not when it is begun.
 * @param partnerMissed the partner was declared lost before, so that its return is news
 */
export function roleChanges(
  settings: Pick<PulseSettings, 'hasPartner'>,
  before: PulseState,
  after: PulseState,
  partnerMissed: boolean,
): readonly RoleChangeTold[] {
  const changes: RoleChangeTold[] = [];
  const tell = (change: RoleChange, reason: string): void => void changes.push({ change, reason });
  if (after.others !== undefined) {
    for (const [change, reason] of directorChanges(before, after, partnerMissed)) tell(change, reason);
  } else if (settings.hasPartner && before.partnerWord !== after.partnerWord) {
    if (after.partnerWord === undefined) tell('partner-lost', 'nothing is heard from it');
    else if (before.partnerWord === undefined && partnerMissed) {
      tell('partner-back', `it says ${after.partnerWord}`);
    }
  }
  if (before.failure === undefined && after.failure !== undefined) tell('fault', after.failure);
  if (before.failure !== undefined && after.failure === undefined) tell('recovered', before.failure);
  if (before.duty === after.duty) return changes;
  if (after.duty === 'active' && before.duty === 'taking') tell('active', after.reason);
  if (after.duty === 'standby' && before.duty === 'dropping') tell('standby', after.reason);
  if (after.duty === 'ended') tell('stopped', after.reason);
  return changes;
}

/** Which of several directors fell silent, and which is heard again. */
function directorChanges(
  before: PulseState,
  { others }: PulseState,
  partnerMissed: boolean,
): readonly (readonly [RoleChange, string])[] {
  return (others?.views ?? []).flatMap(({ name, life, duty }): (readonly [RoleChange, string])[] => {
    const was = before.others?.views.find((view) => view.name === name)?.life;
    if (was === 'alive' && life === 'dead') return [['partner-lost', `nothing is heard from ${name}`]];
    const isBack = life === 'alive' && (was === 'dead' || (was === 'unknown' && partnerMissed));
    return isBack ? [['partner-back', `${name} says ${duty}`]] : [];
  });
}
