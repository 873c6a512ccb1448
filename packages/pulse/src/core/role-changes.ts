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
  if (settings.hasPartner && before.partnerWord !== after.partnerWord) {
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
