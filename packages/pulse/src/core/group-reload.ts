import { MAIN_GROUP } from '@piranha/config';
import { isHolding } from './duties.js';
import type { GroupStates } from './group-step.js';
import type { PulseState } from './types.js';
import { addressesOfGroup, type GroupPlan } from './vip-groups.js';

/** How a reload brings other groups about; refused where the two directors could not mean the same by their names. */

/** What a reload of lvs.cf is judged by. */
export interface GroupReload {
  readonly before: readonly GroupPlan[];
  readonly next: readonly GroupPlan[];
  readonly states: GroupStates;
  /** Hashes of the files: the own one before, the new one, and the partner's; undefined while that one is silent. */
  readonly hashBefore: string;
  readonly hashNext: string;
  readonly partnerHash: string | undefined;
}

export type Regrouped =
  | {
      readonly type: 'regrouped';
      readonly states: GroupStates;
      /** Groups that were not there before. */
      readonly added: readonly string[];
    }
  | { readonly type: 'refused'; readonly why: string };

const SETTLED: readonly PulseState['duty'][] = ['active', 'standby', 'claiming'];

/** An address that goes from one group to another. */
interface Moving {
  readonly vip: string;
  readonly from: string;
  readonly to: string;
}

function groupsByVip(plans: readonly GroupPlan[]): ReadonlyMap<string, string> {
  return new Map(
    plans.flatMap((plan) => addressesOfGroup(plan).map((address) => [address, plan.name] as const)),
  );
}

function movingVips(before: readonly GroupPlan[], next: readonly GroupPlan[]): readonly Moving[] {
  const now = groupsByVip(next);
  return [...groupsByVip(before)].flatMap(([vip, from]) => {
    const to = now.get(vip);
    return to === undefined || to === from ? [] : [{ vip, from, to }];
  });
}

function refusal({
  states,
  partnerHash,
  hashBefore,
  hashNext,
  before,
  next,
}: GroupReload): string | undefined {
  const moving = movingVips(before, next);
  if (moving.length === 0) return undefined;
  if (partnerHash !== undefined && partnerHash !== hashBefore && partnerHash !== hashNext) {
    return 'the partner goes by a third lvs.cf, so that the names of groups could mean something else there';
  }
  for (const { vip, from, to } of moving) {
    // Who does not know a group yet has its addresses in the main one.
    if (from !== MAIN_GROUP && to !== MAIN_GROUP) {
      return `${vip} would go from group ${from} to group ${to} at once: put it into none first, on both directors`;
    }
    const [old, other] = [states.get(from), states.get(to) ?? states.get(MAIN_GROUP)];
    if (old === undefined || other === undefined) continue;
    const unsettled = [old, other].find((state) => !isSettled(state));
    if (unsettled !== undefined) return `a move of addresses is under way: ${unsettled.reason}`;
    if (isHolding(old) !== isHolding(other)) {
      const here = isHolding(old) ? [from, to] : [to, from];
      return `${vip} would go from group ${from} to group ${to}, and this director holds ${here[0]} and not ${here[1]}`;
    }
  }
  return undefined;
}

function isSettled({ duty, leaving }: PulseState): boolean {
  return SETTLED.includes(duty) && leaving === undefined;
}

/** A group that was part of the main one until now is where that one is. */
function partedFrom(main: PulseState): PulseState {
  const duty = main.duty === 'claiming' ? 'standby' : main.duty;
  return { ...main, duty, ordered: undefined, deadlineMs: duty === main.duty ? main.deadlineMs : Infinity };
}

/** The groups of the new file with the states that they begin with, or why this director cannot go over to it now. */
export function regrouped(reload: GroupReload): Regrouped {
  const why = refusal(reload);
  if (why !== undefined) return { type: 'refused', why };
  const { states, next } = reload;
  const main = states.get(MAIN_GROUP);
  if (main === undefined) return { type: 'refused', why: 'pulse has not begun' };
  const added = next.flatMap(({ name }) => (states.has(name) ? [] : [name]));
  if (added.length > 0 && !isSettled(main)) {
    return { type: 'refused', why: `a move of addresses is under way: ${main.reason}` };
  }
  const after = next.map(({ name }) => [name, states.get(name) ?? partedFrom(main)] as const);
  return { type: 'regrouped', states: new Map(after), added };
}
