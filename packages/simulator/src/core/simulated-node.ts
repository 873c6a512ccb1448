import { MAIN_GROUP } from '@piranha/config';
import {
  type GroupPlan,
  type MaintenanceOrder,
  type PulseEvent,
  type PulseSettings,
  REPLACE_GUARDIAN_MS,
} from '@piranha/pulse/machines';
import { AttackWatch } from './attack-watch.js';
import type { NodeName } from './names.js';
import type { Attack, Packet, PathNumber } from './network.js';
import type { ReloadTimes } from './reloads.js';
import { SimulatedCondition } from './simulated-condition.js';
import { SimulatedGuardian } from './simulated-guardian.js';
import type { SimulatedMeasure } from './simulated-measure.js';
import { SimulatedOperator } from './simulated-operator.js';
import { SimulatedPulse } from './simulated-pulse.js';
import { DURATIONS, type Durations, type World } from './world.js';

/** What wall clocks say at the beginning: a day in 2026. */
const WALL_CLOCK_MS = Date.UTC(2026, 10, 22);
/** A parent learns of its child's end after this, ms. */
const EXIT_SEEN_MS = 1;
/** How soon a start is tried again while the stop goes on, ms. */
const RETRY_START_MS = 50;
/** Timers of an idle machine fire within this, ms. */
const PROMPT_MS = 0.5;

/** One director: a machine with a clock of its own, addresses, and the two processes. */
export class SimulatedNode {
  readonly addresses = new Set<string>();
  /** The groups of its addresses, main first. */
  readonly plans: readonly GroupPlan[];
  readonly role: NodeName;
  /** The other directors, by rank. */
  readonly others: readonly NodeName[];
  isUp = false;
  linkUp = true;
  private witnessCuts = 0;
  /** How often pulse began to take each group. */
  private readonly takeoversOf = new Map<string, number>();
  durations: Durations;
  /** What it measures of its partner's heartbeats, where that matters. */
  measure: SimulatedMeasure | undefined;
  private slowness = 1;
  private slowest = 1;
  pulse: SimulatedPulse | undefined;
  guardian: SimulatedGuardian | undefined;
  /** Ids of the keys that it has agreed on, in its run directory; the newest last. */
  agreed: readonly number[] = [];
  /** The order of maintenance standby on its disk. */
  order: MaintenanceOrder | undefined;
  /** What it makes of packets that no director sent. */
  readonly attacks: AttackWatch;
  readonly condition: SimulatedCondition;
  /** Its operator. */
  readonly operator: SimulatedOperator;
  private pausedUntilMs = Number.NEGATIVE_INFINITY;
  private boots = 0;
  private wallAheadMs = WALL_CLOCK_MS;

  constructor(
    private readonly world: World,
    public settings: PulseSettings,
    /** What its clock gains on true time; 1 for none. */
    private readonly clockRate: number,
    private readonly startMs: number,
    /** Told whenever this node tells the network that the addresses are here. */
    private readonly onAnnounce: (node: SimulatedNode, group: string) => void,
    /** Groups of addresses that move apart; absent: all move together. */
    groups?: readonly GroupPlan[] | undefined,
  ) {
    this.plans = groups ?? [{ name: MAIN_GROUP, preferred: 'primary', vips: settings.vips }];
    this.durations = { ...DURATIONS, startMs };
    this.role = (settings.self?.name as NodeName | undefined) ?? settings.role;
    this.others = world.nodes.filter((name) => name !== this.role);
    this.condition = new SimulatedCondition(() => world.timeline.nowMs);
    this.attacks = new AttackWatch(world, this.role);
    this.operator = new SimulatedOperator(world.timeline, this);
  }

  /** What its state machine works with: adaptive mode makes the deadtime shorter. */
  get settingsInUse(): PulseSettings {
    const settings = this.measure?.settings(this.settings) ?? this.settings;
    return this.pulse?.inUse(settings) ?? settings;
  }

  /** Its lvs.cf has other times, and is read by a pulse that runs. */
  reload(times: ReloadTimes): void {
    if (this.pulse?.state === undefined) this.settings = { ...this.settings, ...times };
    else this.pulse.reload(times);
  }

  vipsOf(group: string): readonly string[] {
    return this.plans.find(({ name }) => name === group)?.vips ?? [];
  }

  /** Whether an address of a group is on this machine. */
  has(group: string): boolean {
    return this.vipsOf(group).some((vip) => this.addresses.has(vip));
  }

  /** pulse begins to take a group. */
  takes(group: string): void {
    this.takeoversOf.set(group, this.takeovers(group) + 1);
  }

  /** How often pulse began to take a group, or any. */
  takeovers(group?: string): number {
    if (group !== undefined) return this.takeoversOf.get(group) ?? 0;
    return [...this.takeoversOf.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The partner of a pair; of several directors the best of the others. */
  get partner(): NodeName {
    return this.others[0] as NodeName;
  }

  /** What its daemons take for the time: its monotonic clock. */
  localMs(): number {
    const { monotonicMs, wallMs } = this;
    return this.world.machines.clockMs({ monotonicMs, wallMs });
  }

  /** Its monotonic clock, which nobody sets. */
  get monotonicMs(): number {
    return this.world.timeline.nowMs * this.clockRate;
  }

  /** Its wall clock, ms since 1970. */
  get wallMs(): number {
    return this.monotonicMs + this.wallAheadMs;
  }

  /** Its wall clock is set to another time. @param stepMs forwards, or backwards where negative */
  stepClock(stepMs: number): void {
    this.wallAheadMs += stepMs;
  }

  /** What its clock makes of true milliseconds. */
  clockMs(worldMs: number): number {
    return worldMs * this.clockRate;
  }

  /** How long its clock's milliseconds really are. */
  worldMs(localMs: number): number {
    return localMs / this.clockRate;
  }

  /** How much later than due a timer may fire, ms. */
  get timerLatenessMs(): number {
    return this.slowness === 1 ? PROMPT_MS : PROMPT_MS * this.slowness * 10;
  }

  /** What it needs more than another machine for all that belongs to one move, ms. */
  get slownessMs(): number {
    return (this.slowest - 1) * this.moveMs;
  }

  /** All that belongs to one move on a machine of usual speed, ms. */
  private get moveMs(): number {
    const { takeMs, dropMs } = DURATIONS;
    return takeMs + dropMs + this.startMs + 40 * PROMPT_MS;
  }

  /** Whether timers fire within a moment. */
  get isPrompt(): boolean {
    return this.slowness === 1;
  }

  /** Everything takes this much longer from now on; 1 is usual. */
  slowDown(factor: number): void {
    this.slowness = factor;
    if (factor !== 1) this.slowest = Math.max(this.slowest, factor);
    else this.world.timeline.after(this.slowest * this.moveMs, () => this.hasCaughtUp());
    const { takeMs, dropMs } = DURATIONS;
    this.durations = {
      takeMs: takeMs * factor,
      dropMs: dropMs * factor,
      startMs: this.startMs * factor,
    };
  }

  /** What it began while it was slow has ended, unless it is slow again. */
  private hasCaughtUp(): void {
    if (this.slowness === 1) this.slowest = 1;
  }

  /** Whether pulse was started and stands still before it does anything. */
  get hangsAtStart(): boolean {
    return this.pulse?.alive === true && this.pulse.state === undefined && this.pulse.isFrozen;
  }

  /** Whether pulse has run for a while and sees its partner. */
  get isSteady(): boolean {
    const state = this.pulse?.state;
    return (
      state?.partnerWord !== undefined &&
      !state.listening &&
      (state.others?.views.every(({ life }) => life === 'alive') ?? true) &&
      this.linkUp &&
      this.localMs() - state.heardSinceMs > this.settings.deadtimeMs
    );
  }

  /** How long ago its last word went out, ms of true time. */
  get wordAgeMs(): number {
    const saidMs = (this.pulse?.state?.nextSendMs ?? Infinity) - this.settings.keepaliveMs;
    return Math.max(0, this.worldMs(this.localMs() - saidMs));
  }

  /** Whether a question of this node gets to the witness, and the answer back. */
  get reachesWitness(): boolean {
    return this.isUp && this.linkUp && this.witnessCuts === 0;
  }

  /** Cuts the way to the witness. @returns what takes it back; cuts add up */
  cutWitness(): () => void {
    this.witnessCuts += 1;
    return () => {
      this.witnessCuts -= 1;
    };
  }

  /** Whether the whole machine stands still. */
  get isPaused(): boolean {
    return this.world.timeline.nowMs < this.pausedUntilMs;
  }

  /** Whether it answers for an address, as far as neighbours can tell. */
  answersFor(vip: string): boolean {
    return this.isUp && this.linkUp && !this.isPaused && this.addresses.has(vip);
  }

  /** Whether pulse does its work, with or without a guardian. */
  get isServiceable(): boolean {
    return this.isUp && !this.isPaused && this.pulse?.runs === true;
  }

  /** Whether both processes do their work. */
  get isAttentive(): boolean {
    return this.isServiceable && this.guardian?.isFrozen === false;
  }

  /** Whether the node was told to run, and is not stopped in order. */
  get isStarted(): boolean {
    return this.isUp && (this.guardian !== undefined || this.pulse !== undefined);
  }

  boot(): void {
    if (this.isStarted) return;
    this.boots += 1;
    this.isUp = true;
    this.world.note(this.role, 'boots');
    this.startGuardian();
  }

  /** Power is gone, and everything with it. */
  crash(): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.condition.missed = new Set();
    this.agreed = [];
    this.addresses.clear();
    for (const one of [this.pulse, this.guardian]) if (one) one.alive = false;
    this.pulse = undefined;
    this.guardian = undefined;
  }

  /** The machine stands still, as a paused virtual machine does. */
  pause(durationMs: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, this.world.timeline.nowMs + durationMs);
    this.pulse?.freeze(durationMs);
    this.guardian?.freeze(durationMs);
  }

  startPulse(adopt: boolean, held?: readonly string[]): void {
    this.pulse = new SimulatedPulse(this.world, this, adopt, held);
    this.freezeNew(this.pulse);
  }

  private startGuardian(): void {
    this.guardian = new SimulatedGuardian(this.world, this);
    this.freezeNew(this.guardian);
  }

  /** A process that is born on a machine that stands still. */
  private freezeNew(born: SimulatedPulse | SimulatedGuardian): void {
    if (this.isPaused) born.freeze(this.pausedUntilMs - this.world.timeline.nowMs);
  }

  killPulse(): void {
    if (this.pulse?.alive === true) this.pulseEnds();
  }

  /** An operator starts it again after a stop, however far that has come. */
  startAgain(): void {
    if (this.isStarted) this.world.timeline.after(RETRY_START_MS, () => this.startAgain());
    else this.boot();
  }

  /** pulse's process is gone. */
  pulseEnds(): void {
    const { guardian } = this;
    if (this.pulse) this.pulse.alive = false;
    this.world.timeline.after(EXIT_SEEN_MS, () => guardian?.pulseExited());
  }

  /** Both processes have ended. */
  stopped(): void {
    this.world.note(this.role, 'has stopped');
    this.agreed = [];
    for (const one of [this.pulse, this.guardian]) if (one) one.alive = false;
    this.pulse = undefined;
    this.guardian = undefined;
    // What it has left behind is still answered for.
    this.isUp = this.addresses.size > 0;
  }

  killGuardian(): void {
    if (this.guardian?.alive !== true) return;
    this.guardian.alive = false;
    this.guardian = undefined;
    const { boots } = this;
    const replace = (): void => {
      const mayReplace = this.isUp && this.boots === boots && this.guardian === undefined;
      if (!mayReplace) return;
      // Only a pulse that runs can start one; init does it where there is none.
      this.startGuardian();
    };
    this.world.timeline.after(REPLACE_GUARDIAN_MS + this.startMs, replace);
  }

  setLink(up: boolean): void {
    if (this.linkUp === up) return;
    this.linkUp = up;
    this.pulse?.tell(up ? { type: 'localRecovered' } : this.linkFailure());
  }

  linkFailure(): PulseEvent {
    return { type: 'localFailure', what: 'link down', disables: true };
  }

  change(vip: string, raise: boolean): void {
    if (raise) this.addresses.add(vip);
    else this.addresses.delete(vip);
  }

  /** @param only these, where others stay */
  clearAddresses(only?: readonly string[]): void {
    if (only === undefined) this.addresses.clear();
    else for (const vip of only) this.addresses.delete(vip);
  }

  announce(group: string): void {
    if (this.linkUp && !this.isPaused) this.onAnnounce(this, group);
  }

  /** Somebody else tells the network that the addresses are there: who insists answers, at most once a second. */
  hearAnnouncement(group: string): void {
    this.pulse?.hearHolder(group);
  }

  /** Whether it holds a group's addresses and means to keep them. */
  insists(group: string): boolean {
    const state = this.pulse?.stateOf(group);
    const holds = state?.duty === 'taking' || (state?.duty === 'active' && !state.listening);
    return this.pulse?.runs === true && this.linkUp && holds;
  }

  /** Sends to every other director, on every path. */
  send(make: (path: PathNumber, to: NodeName) => Packet): void {
    const said = (path: PathNumber, to: NodeName): Packet => {
      const packet = make(path, to);
      this.attacks.knows(packet);
      return packet;
    };
    for (const to of this.others) this.world.network.send(this.role, to, (path) => said(path, to));
  }

  /** A packet reaches this machine. */
  hear(packet: Packet, path: PathNumber, attack?: Attack): void {
    if (!this.isUp) return;
    // While pulse is down or only starts, the ports are the guardian's.
    if (this.pulse?.alive === true && this.pulse.state !== undefined) this.pulse.hear(packet, path, attack);
    else this.guardian?.hear(packet, path, attack);
  }
}
