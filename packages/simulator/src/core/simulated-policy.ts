import {
  type FailbackState,
  failbackTaker,
  NO_FAILBACK,
  type NodeGroups,
  type NodeView,
  nextTaker,
  type PulseSettings,
  type Views,
} from '@piranha/pulse/machines';
import { CLOCK_SHARE } from './bounds.js';
import type { NodeName } from './names.js';
import type { SimulatedNode } from './simulated-node.js';
import type { World } from './world.js';

/** How often pulse looks whether a group is to go back, ms. */
export const FAILBACK_LOOK_MS = 500;

/** By then somebody has read a beat of a director, or counted it as dead, ms. */
export function unnoticedMs({ deadtimeMs, keepaliveMs }: PulseSettings): number {
  return deadtimeMs + 2 * keepaliveMs;
}

/** What the policy needs of its process. */
interface PolicyNeeds {
  readonly groups: NodeGroups;
  /** What another director says of itself in its beats; undefined with words. */
  readonly partnerView: (name: string) => NodeView | undefined;
  readonly handOver: (group: string, to: string | undefined) => void;
}

/** The moves of a pulse that nobody is forced to: what speaks against a handover, and the return of the addresses. */
export class SimulatedPolicy {
  private readonly states = new Map<string, FailbackState>();

  /** @param adopted groups that it goes on with, in the place of a process that knew what they missed */
  constructor(
    private readonly world: World,
    private readonly node: SimulatedNode,
    private readonly needs: PolicyNeeds,
    adopted: readonly string[],
  ) {
    for (const name of adopted) {
      if (node.condition.missed.has(name)) this.states.set(name, { ...NO_FAILBACK, missed: true });
    }
  }

  /** What both sides of a handover say of themselves. @param to one of several directors */
  views(to?: string): Views {
    const { node, needs } = this;
    const { others, failure } = needs.groups.main;
    const own = { readiness: node.condition.readiness, failure };
    const name = to ?? (others === undefined ? node.partner : nextTaker(others)?.name);
    return { own, name, partner: name === undefined ? undefined : needs.partnerView(name) };
  }

  /** Whether something is to go back, soon or when its director is fit. */
  get misses(): boolean {
    return [...this.states.values()].some(({ missed }) => missed);
  }

  /** Whether it waits until it may give a group back. */
  get isGivingBack(): boolean {
    return [...this.states.values()].some(({ missed, fitSinceMs }) => missed && fitSinceMs !== undefined);
  }

  /** One look at all groups. */
  look(): void {
    const { world, node, needs } = this;
    const { failback } = world;
    if (failback === undefined) return;
    for (const [name, state] of needs.groups.all) {
      const settings = needs.groups.ownSettingsOf(node.settings, name);
      const before = this.states.get(name) ?? NO_FAILBACK;
      const taker = failbackTaker(settings, state);
      const views = this.views(taker.to);
      const step = world.machines.stepFailback(
        failback,
        settings,
        taker.state,
        views,
        before,
        node.localMs(),
      );
      this.states.set(name, step.state);
      if (step.news === 'begins') this.giveBack(name, failback, taker.to);
    }
    node.condition.missed = new Set([...this.states].flatMap(([name, one]) => (one.missed ? [name] : [])));
  }

  private giveBack(
    group: string,
    { failback, failbackHoldMs }: NonNullable<World['failback']>,
    to: string | undefined,
  ): void {
    const { world, node, needs } = this;
    const taker = world.conditionOf((to as NodeName | undefined) ?? node.partner);
    const lightForMs = taker?.lightForMs(unnoticedMs(node.settings)) ?? 0;
    // While this one was no better, the other one was good enough.
    const isJudged = failback === 'ready' && !node.condition.wasDark;
    if (isJudged && lightForMs * CLOCK_SHARE < failbackHoldMs) {
      const text = `the ${node.role} gives ${group} back ${Math.round(lightForMs)} ms after`;
      world.broken('addresses go back to a director that has been fit for failback_hold', text);
    }
    world.note(node.role, `gives ${group} back`);
    needs.handOver(group, to);
  }
}
