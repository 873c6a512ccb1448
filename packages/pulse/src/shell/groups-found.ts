import { type LvsConfiguration, MAIN_GROUP } from '@piranha/config';
import { HELD_GROUPS_VARIABLE } from '@piranha/protocol';
import type { PulseStart } from '../core/types.js';
import { addressesOfGroup, groupPlans } from '../core/vip-groups.js';
import { heldBefore } from './group-roles.js';
import type { SavedState } from './saved-state.js';

/**
 * The groups that this process goes on with: what its guardian says that the one before had, or else what that one saved;
 * of addresses that were found held, those that have some. Without groups in lvs.cf it is all or nothing.
 * @param left addresses that were found held
 */
export function groupsFound(
  configuration: LvsConfiguration,
  how: PulseStart,
  saved: SavedState | undefined,
  left: readonly string[],
): ReadonlySet<string> {
  const plans = groupPlans(configuration);
  const names = plans.map(({ name }) => name);
  if (names.length === 1) return new Set(names);
  if (how.type === 'adopt') {
    const told = process.env[HELD_GROUPS_VARIABLE]?.split(' ');
    return told === undefined ? heldBefore(saved, names) : heldSince(told, saved, names);
  }
  const owners = left.flatMap(
    (address) => plans.find((plan) => addressesOfGroup(plan).includes(address))?.name ?? [],
  );
  // What no group has any more was the main one's, but is no sign of it beside the addresses of another one.
  return new Set(owners.length > 0 ? owners : [MAIN_GROUP]);
}

/** A group that is new in the file was part of the main one; which ones are new, only the saved state tells. */
function heldSince(
  told: readonly string[],
  saved: SavedState | undefined,
  names: readonly string[],
): ReadonlySet<string> {
  const known = saved?.groups?.map(({ name }) => name) ?? [];
  const isNew = (name: string) =>
    saved !== undefined && name !== MAIN_GROUP && !known.includes(name) && !told.includes(name);
  return new Set(names.filter((name) => told.includes(isNew(name) ? MAIN_GROUP : name)));
}
