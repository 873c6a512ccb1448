import { UserError } from '@piranha/common';
import type { Beat } from '@piranha/protocol/beat';
import { isHolding } from '../core/duties.js';
import { regrouped } from '../core/group-reload.js';
import type { GroupStates } from '../core/group-step.js';
import type { NodeGroups } from '../core/node-groups.js';
import { type GroupPlan, groupPlans } from '../core/vip-groups.js';
import type { PolicyGroup } from './group-failback.js';
import type { LoadedSettings } from './load-settings.js';

/** The groups as the moves that nobody is forced to see them. */
export function policyGroups(
  groups: NodeGroups,
  { settings, hash }: Pick<LoadedSettings, 'settings' | 'hash'>,
  partner: Pick<Beat, 'groups' | 'configuration'> | undefined,
): readonly PolicyGroup[] {
  const known = partner?.groups ?? [];
  const isAlike = !groups.isGrouped || partner === undefined || partner.configuration.hash === hash;
  return [...groups.all].map(([name, state]) => ({
    name,
    state,
    settings: groups.ownSettingsOf(settings, name),
    // A partner that only listens tells of no group at all.
    isKnown: known.length === 0 || known.some((group) => group.name === name),
    isPhantom: groups.isPhantom(name),
    isAlike,
  }));
}

/** What a new file's groups begin with. */
interface NewGroups {
  readonly plans: readonly GroupPlan[];
  readonly states: GroupStates;
  /** New groups that are held here and preferred by the partner. */
  readonly strays: readonly string[];
}

/** @throws UserError `PULSE_GROUP_CHANGE` where this director cannot go over to the groups of `next` now */
export function regroupOrRefuse(
  groups: NodeGroups,
  before: LoadedSettings,
  next: LoadedSettings,
  partner: Beat | undefined,
): NewGroups {
  const plans = groupPlans(next.configuration);
  const isHeard = groups.main.partnerWord !== undefined;
  const result = regrouped({
    before: groups.plans,
    next: plans,
    states: groups.all,
    hashBefore: before.hash,
    hashNext: next.hash,
    partnerHash: isHeard ? partner?.configuration.hash : undefined,
  });
  if (result.type === 'refused') {
    throw new UserError(`the groups of lvs.cf cannot change now: ${result.why}`, {
      code: 'PULSE_GROUP_CHANGE',
      hint: 'bring both groups to one director with lvsctl handover, then reload first there, then on the other one',
    });
  }
  const { role } = next.settings;
  const strays = result.added.filter((name) => {
    const plan = plans.find((one) => one.name === name);
    const state = result.states.get(name);
    return plan?.preferred !== role && state !== undefined && isHolding(state);
  });
  return { plans, states: result.states, strays };
}
