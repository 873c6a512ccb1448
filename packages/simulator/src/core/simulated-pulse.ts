import { MAIN_GROUP } from '@piranha/config';
import type { HeartbeatWord, StoodIn } from '@piranha/protocol';
import type { Beat } from '@piranha/protocol/beat';
import {
  type GroupEffect,
  hasSlept,
  heardOfBeat,
  LONGEST_WAIT_MS,
  NodeGroups,
  type PulseEvent,
  type PulseSettings,
  type PulseStart,
  type PulseState,
  REPORT_MS,
  type TimesBefore,
  timesBefore,
  wordHeard,
  wordOf,
  wordOfBeat,
} from '@piranha/pulse/machines';
import { DeadtimeWatch } from './deadtime-watch.js';
import type { Attack, Packet, PathNumber } from './network.js';
import { SimulatedProcess } from './process-base.js';
import type { ReloadTimes } from './reloads.js';
import { isWord } from './simulated-announcement.js';
import { simulatedLife } from './simulated-beats.js';
import { SimulatedDefence } from './simulated-defence.js';
import { SimulatedGate } from './simulated-gate.js';
import { PATH_NAMES } from './simulated-keys.js';
import { SimulatedMoves } from './simulated-moves.js';
import type { SimulatedNode } from './simulated-node.js';
import { FAILBACK_LOOK_MS, SimulatedPolicy } from './simulated-policy.js';
import { simulatedReport } from './simulated-report.js';
import { SimulatedVoice } from './simulated-voice.js';
import type { World } from './world.js';

/** The pulse process of a node: the real state machine, and a shell whose addresses are a set. */
export class SimulatedPulse extends SimulatedProcess {
  /** Undefined while the process is still starting. */
  private groups: NodeGroups | undefined;
  private readonly moves: SimulatedMoves;
  private readonly defence: SimulatedDefence;
  private deadtime: DeadtimeWatch | undefined;
  private ticks = 0;
  private tickDueMs = Number.POSITIVE_INFINITY;
  private gate: SimulatedGate | undefined;
  private voice: SimulatedVoice | undefined;
  policy: SimulatedPolicy | undefined;
  private left: TimesBefore | undefined;
  private timesText = '';

  constructor(
    private readonly world: World,
    private readonly node: SimulatedNode,
    adopt: boolean,
    /** The groups that it is to adopt; all where nothing is said. */
    private readonly held?: readonly string[] | undefined,
  ) {
    super(world.timeline);
    const later = (waitMs: number, work: () => void) => this.timer(this.timeline.nowMs + waitMs, work);
    this.moves = new SimulatedMoves(node, later, (done, group) => this.dispatch({ type: done }, group));
    this.defence = new SimulatedDefence(node, later, () => this.timeline.nowMs);
    this.timer(world.timeline.nowMs + node.durations.startMs, () => this.begin(adopt));
  }

  get runs(): boolean {
    return this.alive && !this.isFrozen && this.state !== undefined;
  }

  /** Of the main group, which is all there is where no other is; undefined while the process is still starting. */
  get state(): PulseState | undefined {
    return this.groups?.main;
  }

  /** Of one group. */
  stateOf(group: string): PulseState | undefined {
    return this.groups?.all.get(group);
  }

  /** Feeds an event to the state machines of all groups, or of one. */
  dispatch(event: PulseEvent, group?: string): void {
    const { groups, node } = this;
    if (groups === undefined) return;
    const eventFor = (name: string) => (group === undefined || group === name ? event : undefined);
    this.step(() => groups.step(node.settingsInUse, eventFor, node.localMs()));
  }

  /** A packet arrives at its socket. */
  hear(packet: Packet, path: PathNumber, attack?: Attack): void {
    if (this.state === undefined) return;
    const knows = () => this.knows();
    this.receive(() => this.node.attacks.read('pulse', packet, attack, knows, () => this.read(packet, path)));
  }

  private read(packet: Packet, path: PathNumber): void {
    const heard = isWord(packet) ? this.hearWord(packet) : this.hearBeat(packet as Buffer, path);
    if (heard === undefined) return;
    this.deadtime?.heard('type' in heard && heard.type === 'heardOf' ? heard.from : this.node.partner);
    this.node.measure?.heard(path, this.node.settings, this.node.localMs());
    const { node } = this;
    this.left = wordHeard(this.left, node.settings, node.localMs());
    const isNewTime = this.hasNewTimes();
    if ('type' in heard) this.dispatch(heard);
    else {
      const random = this.world.random.next();
      this.step((groups) => groups.heard(node.settingsInUse, heard, random, node.localMs()));
    }
    if (isNewTime) this.dispatch({ type: 'timesChanged', hadPartner: true });
  }

  /** All that decides what it does, as things that are replaced when they change. */
  private knows(): readonly unknown[] {
    const { groups, voice, node } = this;
    const sessions = node.others.map((name) => voice?.beats?.sessionOf(name));
    return [...(groups?.all.values() ?? []), ...sessions, this.left, node.order, node.takeovers()];
  }

  /** What its state machine works with: the partner may go by other times. */
  inUse(settings: PulseSettings): PulseSettings {
    const shown = this.voice?.beats?.shownTimes(this.node.localMs()) ?? [];
    return this.world.machines.settingsInUse(settings, this.left, shown, this.node.localMs());
  }

  /** Reads an lvs.cf with other times. */
  reload(times: ReloadTimes): void {
    this.receive(() => {
      const { node } = this;
      const before = node.settings;
      node.settings = { ...before, ...times };
      this.left = timesBefore(this.left, before, node.settings, node.localMs());
      this.hasNewTimes();
      this.dispatch({ type: 'timesChanged', hadPartner: true });
    });
  }

  private hasNewTimes(): boolean {
    const { keepaliveMs, deadtimeMs } = this.node.settingsInUse;
    const before = this.timesText;
    this.timesText = `${keepaliveMs} ${deadtimeMs}`;
    return before !== '' && before !== this.timesText;
  }

  /** The guardian has beaten in its life. */
  stoodIn({ boot, sequence }: StoodIn): void {
    this.receive(() => {
      const beats = this.voice?.beats;
      if (beats?.boot === boot && beats.leapOver(sequence)) this.answer();
    });
  }

  private hearWord(packet: Packet): Heard | undefined {
    const heard = this.voice?.hearWord(packet);
    if (heard === undefined) return undefined;
    if (heard.isNewKey) this.answer();
    return { main: heard.word, beat: undefined };
  }

  private hearBeat(packet: Buffer, path: PathNumber): Heard | PulseEvent | undefined {
    const outcome = this.voice?.beats?.hear(packet, PATH_NAMES[path], this.node.localMs());
    if (outcome === undefined) return undefined;
    const unproven = outcome.type === 'dropped' && outcome.reason === 'unproven';
    if (outcome.answer || (unproven && this.groups?.isListening === true)) this.answer();
    if (outcome.type !== 'counts' || !outcome.isNewest) return undefined;
    const { beat } = outcome;
    if (this.state?.others !== undefined) return heardOfBeat(beat);
    const main = wordOfBeat(beat);
    return main === undefined ? undefined : { main, beat };
  }

  private answer(): void {
    const { groups } = this;
    if (groups !== undefined) this.say(groups.isListening ? undefined : wordOf(groups.main));
  }

  private say(word: HeartbeatWord | undefined, asking?: string): void {
    const { voice, groups } = this;
    if (groups !== undefined) voice?.say(groups, word, asking);
  }

  /** An operator asks for a handover. @param to one of several directors */
  handOver(to?: string, group?: string): void {
    this.receive(() => this.dispatch({ type: 'handover', views: this.policy?.views(to), to }, group));
  }

  /** How it is has changed: of several directors others wait for it or not. */
  lookAtReadiness(): void {
    if (this.state?.others === undefined) return;
    this.tell({ type: 'readiness', isReady: !this.node.condition.isDark });
  }

  private newPolicy(groups: NodeGroups, startOf: (group: string) => PulseStart): SimulatedPolicy {
    const adopted = [...groups.all.keys()].filter((name) => startOf(name).type !== 'fresh');
    const partnerView = (name: string) => this.voice?.viewOf(name);
    const handOver = (group: string, to?: string) => this.dispatch({ type: 'handover', to }, group);
    const policy = new SimulatedPolicy(this.world, this.node, { groups, partnerView, handOver }, adopted);
    const look = (): void => {
      policy.look();
      this.timer(this.timeline.nowMs + FAILBACK_LOOK_MS, look);
    };
    if (this.world.failback !== undefined) look();
    return policy;
  }

  /** As dispatch, when the process runs: it learns of this through a socket. */
  tell(event: PulseEvent, group?: string): void {
    this.receive(() => this.dispatch(event, group));
  }

  /** Time passes in which nothing changes. */
  pass(passedMs: number): void {
    if (this.alive) this.deadtime?.pass(passedMs);
  }

  /** A frame of another holder of a group arrives. */
  hearHolder(group: string): void {
    this.receive(() => this.defence.hear(group));
  }

  private begin(adopt: boolean): void {
    const startOf = (group: string): PulseStart => {
      if (adopt) return { type: (this.held?.includes(group) ?? true) ? 'adopt' : 'fresh' };
      return { type: this.node.has(group) ? 'leftover' : 'fresh' };
    };
    this.deadtime = new DeadtimeWatch(this.world, this.node);
    this.gate = this.buildGate();
    this.gate?.start();
    this.voice = new SimulatedVoice(this.world, this.node);
    const { settings, order } = this.node;
    const groups = new NodeGroups(this.world.machines, this.node.plans);
    const effects = groups.start(settings, startOf, this.node.localMs(), order);
    this.groups = groups;
    this.commit(effects, new Map());
    if (groups.holding) this.putDownLeftovers(groups);
    if (groups.isListening) this.answer();
    this.policy = this.newPolicy(groups, startOf);
    this.lookAtReadiness();
    if (!this.node.linkUp) this.dispatch(this.node.linkFailure());
    this.report();
  }

  /** A pulse that ended while it put a group down may have left some of its addresses. */
  private putDownLeftovers(groups: NodeGroups): void {
    for (const [name, { duty }] of groups.all) {
      if (duty === 'standby' && this.node.has(name)) this.moves.begin('dropped', name);
    }
  }

  private report(): void {
    this.reportNow();
    this.timer(this.timeline.nowMs + REPORT_MS, () => this.report());
  }

  private reportNow(): void {
    const { groups, node } = this;
    if (groups === undefined) return;
    node.guardian?.report(
      simulatedReport(node, groups, simulatedLife(node, this.voice?.beats, groups, !this.world.hasKey)),
    );
  }

  private step(make: (groups: NodeGroups) => readonly GroupEffect[]): void {
    const { groups } = this;
    if (groups === undefined) return;
    const before = groups.all;
    this.commit(make(groups), before);
  }

  private commit(effects: readonly GroupEffect[], before: NodeGroups['all']): void {
    const { groups, node } = this;
    if (groups === undefined) return;
    node.order = groups.maintenance;
    let changed = false;
    for (const [name, { duty, reason }] of groups.all) {
      if (before.get(name)?.duty === duty) continue;
      changed = true;
      if (duty === 'taking') node.takes(name);
      this.world.note(node.role, `${groups.isGrouped ? `(${name}) ` : ''}is ${duty}: ${reason}`);
    }
    if (changed) this.reportNow();
    for (const effect of effects) if (this.alive) this.run(effect);
    if (this.alive) this.planTick();
  }

  private planTick(): void {
    this.ticks += 1;
    const number = this.ticks;
    const localNowMs = this.node.localMs();
    const dueMs = this.groups?.nextTickMs(this.node.settingsInUse) ?? Infinity;
    const waitMs = Math.max(0, Math.min(dueMs - localNowMs, LONGEST_WAIT_MS));
    const lateMs = this.world.random.next() * this.node.timerLatenessMs;
    const tickDueMs = localNowMs + waitMs;
    this.tickDueMs = tickDueMs;
    this.timer(this.timeline.nowMs + this.node.worldMs(waitMs) + lateMs, () => {
      if (number !== this.ticks) return;
      const firedMs = this.node.localMs();
      const slept = this.state && hasSlept(this.node.settingsInUse, this.state, firedMs - tickDueMs, firedMs);
      if (slept) this.tick(tickDueMs);
      else this.afterSockets(() => this.tick(tickDueMs));
    });
  }

  private tick(dueMs: number): void {
    const { groups, node } = this;
    if (groups === undefined) return;
    const lateMs = Math.max(0, this.node.localMs() - dueMs);
    this.node.measure?.late(lateMs, this.node.localMs());
    const settings = node.settingsInUse;
    const tickOf = (name: string, state: PulseState): PulseEvent => {
      const gate = this.gate?.answer(groups.settingsOf(settings, name), state, lateMs);
      return { type: 'tick', lateMs, gate };
    };
    this.step(() => groups.step(settings, tickOf, node.localMs()));
  }

  private buildGate(): SimulatedGate | undefined {
    const { witness } = this.world;
    if (witness === undefined) return undefined;
    return new SimulatedGate(witness, {
      nowMs: () => this.node.localMs(),
      reaches: () => this.node.reachesWitness,
      later: (waitMs, work) => this.timer(this.timeline.nowMs + this.node.worldMs(waitMs), work),
      arrive: (delayMs, work) => this.timeline.after(delayMs, () => this.receive(work)),
      onNews: () => this.afterSockets(() => this.tick(this.tickDueMs)),
    });
  }

  /** What is to end before a move: some programs take longer than the move waits. */
  private runPrograms(group: string): void {
    const { node, world, timeline } = this;
    const limitMs = node.settings.leaveLimitMs ?? 0;
    const waitMs = node.worldMs(world.random.next() * 1.5 * limitMs);
    this.timer(timeline.nowMs + waitMs, () => this.dispatch({ type: 'leavable' }, group));
  }

  private run({ group, effect }: GroupEffect): void {
    const { node, world } = this;
    switch (effect.type) {
      case 'send': {
        const main = this.groups?.main;
        if (group === MAIN_GROUP || main === undefined) this.say(effect.word);
        else this.say(wordOf(main), group);
        return;
      }
      case 'take':
        this.moves.begin('taken', group);
        return;
      case 'drop':
        this.moves.begin('dropped', group);
        return;
      case 'prepareLeave':
        this.runPrograms(group);
        return;
      case 'announce':
        node.announce(group);
        return;
      case 'diedEarly':
        node.measure?.diedEarly(effect.silentSinceMs);
        return;
      case 'log':
        this.deadtime?.logged(effect);
        world.note(node.role, effect.event);
        return;
      case 'handoverResult':
        world.note(node.role, `handover: ${effect.ok ? 'done' : 'not done'}, ${effect.text}`);
        return;
      case 'maintenanceResult':
        world.note(node.role, `standby: ${effect.ok ? 'done' : 'not done'}, ${effect.text}`);
        node.operator.answered(group, effect.ok);
        return;
      case 'exit':
        node.pulseEnds();
        return;
    }
  }
}

/** What a packet says of every group. */
interface Heard {
  readonly main: HeartbeatWord;
  readonly beat: Beat | undefined;
}
