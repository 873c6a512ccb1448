import { MAIN_GROUP } from '@piranha/config';
import type { HeartbeatWord } from '@piranha/protocol';
import { type Beat, type GroupDuty, PAIR_NAMES } from '@piranha/protocol/beat';
import { groupDuty, groupOfBeat, wordOfBeat } from './beat-words.js';
import { isHolding } from './duties.js';
import { type GroupEffect, type GroupStates, isListening, joinSteps, orderInForce } from './group-step.js';
import type { nextTickMs, stepPulse } from './machine.js';
import { wordOf } from './moves.js';
import type { startPulse } from './start.js';
import type { MaintenanceOrder, PulseEvent, PulseSettings, PulseStart, PulseState } from './types.js';
import { type GroupPlan, isGrouped, isPhantom, settingsOfGroup } from './vip-groups.js';

/** The state machine that each group runs. */
export interface GroupMachines {
  readonly startPulse: typeof startPulse;
  readonly stepPulse: typeof stepPulse;
  readonly nextTickMs: typeof nextTickMs;
}

/** An event for all groups, or another one for each; undefined: nothing for that one. */
type EventForEach = (group: string, state: PulseState) => PulseEvent | undefined;

/** What a beat says of each group, in the own protocol or in words of the main one alone. */
export interface HeardWords {
  readonly main: HeartbeatWord;
  readonly beat: Pick<Beat, 'groups'> | undefined;
}

/**
 * The groups of addresses of a node: one state machine each, over the same heartbeats. Changed in place; nothing here
 * knows the time or does anything.
 */
export class NodeGroups {
  /** Both directors go by the same lvs.cf, as far as is known. */
  filesAgree = true;
  private states: GroupStates = new Map();

  constructor(
    private readonly machines: GroupMachines,
    private plansNow: readonly GroupPlan[],
  ) {}

  get plans(): readonly GroupPlan[] {
    return this.plansNow;
  }

  get isGrouped(): boolean {
    return isGrouped(this.plansNow);
  }

  /** The main group's state, which is that of the node where there is no other. @throws Error before the start */
  get main(): PulseState {
    return this.of(MAIN_GROUP);
  }

  /** @throws Error for a group that is not there */
  of(name: string): PulseState {
    const state = this.states.get(name);
    if (state === undefined) throw new Error(`no group ${name}`);
    return state;
  }

  /** Every group's state, by name. */
  get all(): GroupStates {
    return this.states;
  }

  isPhantom(name: string): boolean {
    return isPhantom(this.plansNow, name);
  }

  /** Begins, each group in its own way. */
  start(
    base: PulseSettings,
    startOf: (group: string) => PulseStart,
    nowMs: number,
    maintenance: MaintenanceOrder | undefined,
  ): readonly GroupEffect[] {
    const steps = this.plansNow.map((plan) => {
      const settings = this.settingsOf(base, plan.name);
      return [plan.name, this.machines.startPulse(settings, startOf(plan.name), nowMs, maintenance)] as const;
    });
    return this.commit(joinSteps(new Map(steps), base.keepaliveMs, nowMs));
  }

  /** One step of every group. */
  step(base: PulseSettings, event: PulseEvent | EventForEach, nowMs: number): readonly GroupEffect[] {
    const eventOf: EventForEach = typeof event === 'function' ? event : () => event;
    const steps = [...this.states].map(([name, state]) => {
      const one = eventOf(name, state);
      const settings = this.settingsOf(base, name);
      const nothing = { state, effects: [] };
      return [
        name,
        one === undefined ? nothing : this.machines.stepPulse(settings, state, one, nowMs),
      ] as const;
    });
    return this.commit(joinSteps(new Map(steps), base.keepaliveMs, nowMs));
  }

  /** Something of the partner's arrived. @param random uniform in [0, 1) */
  heard(base: PulseSettings, words: HeardWords, random: number, nowMs: number): readonly GroupEffect[] {
    const wordFor = (name: string): HeartbeatWord =>
      (words.beat && wordOfBeat(words.beat, name)) ?? words.main;
    const dutyFor = (name: string) => words.beat && groupOfBeat(words.beat, name)?.duty;
    const eventFor = (name: string) =>
      ({ type: 'heard', word: wordFor(name), random, duty: dutyFor(name) }) as const;
    return this.step(base, eventFor, nowMs);
  }

  /** Goes on with other groups. */
  regroup(plans: readonly GroupPlan[], states: GroupStates): void {
    this.plansNow = plans;
    this.states = states;
  }

  /** What a group's state machine works with, where the node's says `base`. */
  settingsOf(base: PulseSettings, name: string): PulseSettings {
    const plan = this.plansNow.find((one) => one.name === name);
    return plan === undefined || !this.isGrouped ? base : settingsOfGroup(base, plan, this.filesAgree);
  }

  /** The same by the own lvs.cf alone, whatever the partner's says: for moves that nobody is forced to. */
  ownSettingsOf(base: PulseSettings, name: string): PulseSettings {
    const plan = this.plansNow.find((one) => one.name === name);
    return plan === undefined || !this.isGrouped ? base : settingsOfGroup(base, plan, true);
  }

  /** When the next tick is due, monotonic ms. */
  nextTickMs(base: PulseSettings): number {
    const due = [...this.states].map(([name, state]) =>
      this.machines.nextTickMs(this.settingsOf(base, name), state),
    );
    return Math.min(...due);
  }

  get isListening(): boolean {
    return isListening(this.states);
  }

  /** The groups that this node has, or is about to have. */
  get held(): ReadonlySet<string> {
    return new Set([...this.states].flatMap(([name, state]) => (isHolding(state) ? [name] : [])));
  }

  /** Whether this node holds something, or is about to. */
  get holding(): boolean {
    return this.held.size > 0;
  }

  /** The order by which this node takes nothing, where it is in force for all groups. */
  get maintenance(): MaintenanceOrder | undefined {
    return orderInForce(this.states);
  }

  /** What a beat says of the groups beside the main one. @param asking a group whose release is asked for */
  named(asking?: string): readonly GroupDuty[] {
    return [...this.states].flatMap(([name, state]) => {
      if (name === PAIR_NAMES.group) return [];
      return [groupDuty(name, name === asking ? 'fos go inactive' : wordOf(state), state.duty)];
    });
  }

  private commit({ states, effects }: ReturnType<typeof joinSteps>): readonly GroupEffect[] {
    this.states = states;
    return effects;
  }
}
