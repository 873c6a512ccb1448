import { virtualAddressesOf } from '@piranha/addresses';
import { groupsOf, type LvsConfiguration, MAIN_GROUP, partOfGroup } from '@piranha/config';
import type { NodeRole } from '@piranha/protocol';
import { vipsOf } from './settings.js';
import type { PulseSettings } from './types.js';

/** Addresses that move together, by one state machine. */
export interface GroupPlan {
  /** `main` for all that are in no block. */
  readonly name: string;
  /** The director that is to hold them while both are well. */
  readonly preferred: NodeRole;
  readonly vips: readonly string[];
  /** What moves with them and no client knows: the NAT router of the group. */
  readonly routers?: readonly string[];
}

/** Every address that moves with a group. */
export function addressesOfGroup({ vips, routers = [] }: GroupPlan): readonly string[] {
  return [...vips, ...routers];
}

/** The groups of a configuration, main first; that one alone where the file has no blocks. */
export function groupPlans(configuration: LvsConfiguration): readonly GroupPlan[] {
  return groupsOf(configuration).map(({ name, preferred }) => {
    const part = partOfGroup(configuration, name);
    const vips = vipsOf(part);
    const all = virtualAddressesOf(part).map(({ address }) => address);
    const routers = all.filter((address) => !vips.includes(address));
    return { name, preferred, vips, ...(routers.length === 0 ? {} : { routers }) };
  });
}

/** Whether operators read of groups: not where everything moves together. */
export function isGrouped(plans: readonly GroupPlan[]): boolean {
  return plans.length > 1;
}

/** Whether a group is there only for the protocol: the main one, where blocks name every virtual server. */
export function isPhantom(plans: readonly GroupPlan[], name: string): boolean {
  const main = plans.find((plan) => plan.name === name);
  return isGrouped(plans) && name === MAIN_GROUP && main?.vips.length === 0;
}

/**
 * What a group's state machine works with.
 * @param filesAgree both directors go by the same lvs.cf: else they might both take themselves for the preferred one,
 * so that the role decides
 */
export function settingsOfGroup(base: PulseSettings, plan: GroupPlan, filesAgree: boolean): PulseSettings {
  const preferred = filesAgree ? plan.preferred === base.role : base.role === 'primary';
  return { ...base, vips: plan.vips, preferred };
}
