import type { VirtualServerConfig } from '@piranha/config';
import type { ServerVerdict } from './desired.js';

type Health = Exclude<ServerVerdict, 'drained' | 'out'>;

/**
 * What the health of its servers means for a service as a whole: whether it has its quorum, and whether so few are up
 * that those of before are kept. Pure.
 */

export interface ServiceMember {
  readonly id: string;
  readonly health: Health;
  /** As configured; 0 is drained and counts nowhere. */
  readonly weight: number;
}

export interface ServicePolicy {
  readonly quorum: { readonly weight: number; readonly hysteresis: number } | undefined;
  /** While a smaller share of the servers is up those of before are kept, percent; 0 = never. */
  readonly panicPercent: number;
  readonly hasSorryServer: boolean;
}

export interface ServiceState {
  readonly quorum: 'unknown' | 'reached' | 'lost';
  /** Found so in the table when lvsd came: nobody has been told of it by this lvsd. */
  readonly isPresumed?: boolean;
  /** The servers that were up when enough of them were last. */
  readonly steady: ReadonlySet<string>;
  readonly panicking: boolean;
}

export type ServiceChange =
  | {
      readonly type: 'quorum';
      readonly reached: boolean;
      /** The first time since the start. */
      readonly isFirst: boolean;
      readonly weight: number;
      readonly needed: number;
    }
  | {
      readonly type: 'panic';
      readonly on: boolean;
      readonly up: number;
      readonly total: number;
      readonly kept: number;
    };

interface ServiceStep {
  readonly state: ServiceState;
  readonly changes: readonly ServiceChange[];
}

/** What a virtual block demands of its servers together; undefined where it demands nothing. */
export function servicePolicyOf({
  quorum,
  panicPercent,
  sorryServer,
}: Pick<VirtualServerConfig, 'quorum' | 'panicPercent' | 'sorryServer'>): ServicePolicy | undefined {
  if (quorum === undefined && panicPercent === undefined) return undefined;
  return { quorum, panicPercent: panicPercent ?? 0, hasSorryServer: sorryServer !== undefined };
}

/** A service of which nothing is known yet. */
export const NEW_SERVICE: ServiceState = { quorum: 'unknown', steady: new Set(), panicking: false };

/** One whose servers served when lvsd came: it has its quorum for as long as the hysteresis lets it. */
export const SERVING_SERVICE: ServiceState = { ...NEW_SERVICE, quorum: 'reached', isPresumed: true };

function stepQuorum(
  quorum: NonNullable<ServicePolicy['quorum']>,
  state: ServiceState,
  members: readonly ServiceMember[],
  settled: boolean,
): ServiceStep {
  const weightOf = (counts: Health) =>
    members.reduce((sum, { health, weight }) => sum + (health === counts ? weight : 0), 0);
  const isFirst = state.quorum === 'unknown' || state.isPresumed === true;
  if (isFirst && !settled) return { state, changes: [] };
  const margin =
    state.quorum === 'unknown' ? 0 : state.quorum === 'reached' ? -quorum.hysteresis : quorum.hysteresis;
  const needed = quorum.weight + margin;
  const weight = weightOf('up');
  // A quorum is not lost while servers that nobody has checked yet could keep it.
  const mayStill = settled || state.quorum !== 'reached' ? 0 : weightOf('unknown');
  const reached = weight + mayStill >= needed;
  if (!isFirst && reached === (state.quorum === 'reached')) return { state, changes: [] };
  return {
    state: { ...state, quorum: reached ? 'reached' : 'lost', isPresumed: false },
    changes: [{ type: 'quorum', reached, isFirst, weight, needed }],
  };
}

function stepPanic(
  policy: ServicePolicy,
  state: ServiceState,
  members: readonly ServiceMember[],
): ServiceStep {
  const total = members.length;
  const up = new Set(members.filter(({ health }) => health === 'up').map(({ id }) => id));
  const isLow = up.size * 100 < policy.panicPercent * total;
  // With nobody up a sorry server serves, as it always did, and what was known is out of date.
  const endsInSorry = up.size === 0 && policy.hasSorryServer;
  const steady = !isLow || endsInSorry ? up : state.steady;
  const kept = members.filter(({ id }) => steady.has(id) && !up.has(id)).length;
  const panicking = isLow && kept > 0;
  const next: ServiceState = { ...state, steady, panicking };
  if (panicking === state.panicking) return { state: next, changes: [] };
  return { state: next, changes: [{ type: 'panic', on: panicking, up: up.size, total, kept }] };
}

/**
 * One step of a service.
 * @param settled every server of it has had its chance of a first verdict: before that a first word is not said of a quorum,
 *   and afterwards only what the servers without a verdict cannot change
 */
export function stepService(
  policy: ServicePolicy,
  state: ServiceState,
  members: readonly ServiceMember[],
  settled: boolean,
): ServiceStep {
  const counting = [...new Map(members.map((member) => [member.id, member])).values()].filter(
    ({ weight }) => weight > 0,
  );
  const panic = stepPanic(policy, state, counting);
  if (policy.quorum === undefined) return panic;
  const quorum = stepQuorum(policy.quorum, panic.state, counting, settled);
  return { state: quorum.state, changes: [...panic.changes, ...quorum.changes] };
}

/** What the table is to believe of a server: in a panic those of before count as up. */
export function verdictInService(state: ServiceState, id: string, health: Health): Health {
  return state.panicking && state.steady.has(id) ? 'up' : health;
}
