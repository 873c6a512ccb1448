import { type Bounds, boundsOf } from './bounds.js';
import { expectationOf } from './expectations.js';
import { type Fault, faultText, type Script, type TimedFault } from './faults.js';
import { GroupOfNode } from './group-of-node.js';
import { beginFault } from './inject.js';
import { type NodeName, namesIn, type PerNode } from './names.js';
import { HeartbeatNetwork } from './network.js';
import { SeededRandom } from './random.js';
import { slowestOf } from './reloads.js';
import { SimulatedNode } from './simulated-node.js';
import { Timeline } from './timeline.js';
import { type Violation, Watch } from './watch.js';
import type { SimulatedPair, World } from './world.js';

/** The longest that an attacker waits before the next packet, ms. */
const ATTACK_GAP_MS = 100;
/** After so many waits for a return none may be left. */
const MOST_RETURNS = 6;
/** Lines of a history that are kept. */
const KEPT_LINES = 60;

/** What a run came to. */
export interface Outcome {
  readonly violation: Violation | undefined;
  /** The last lines before the end. */
  readonly history: readonly string[];
  /** Virtual time that passed, ms. */
  readonly simulatedMs: number;
  readonly takeovers: number;
}

/** Runs one script from the boot of both nodes to a calm end, or to the first promise that is broken. */
export function runScript(pair: SimulatedPair, script: Script): Outcome {
  return new PairRun(pair, script).run();
}

/** One group of addresses, and what is promised of it. */
interface WatchedGroup {
  readonly name: string;
  readonly nodes: PerNode<GroupOfNode>;
  readonly watch: Watch;
  /** Who told the network last that it has the addresses. */
  announced: GroupOfNode | undefined;
  /** How often the network was told of another holder. */
  moves: number;
}

class PairRun {
  private readonly random: SeededRandom;
  private readonly timeline = new Timeline((passedMs) => this.pass(passedMs));
  readonly network: HeartbeatNetwork;
  readonly nodes: PerNode<SimulatedNode>;
  private readonly groups: readonly WatchedGroup[];
  private readonly bounds: Bounds;
  private readonly lines: string[] = [];

  constructor(
    private readonly pair: SimulatedPair,
    private readonly script: Script,
  ) {
    this.random = new SeededRandom(script.seed);
    const { timeline, random } = this;
    const names = namesIn(pair.settings);
    this.network = new HeartbeatNetwork(
      timeline,
      random,
      (to, packet, path, attack) => this.nodes[to]?.hear(packet, path, attack),
      names,
    );
    const world: World = {
      nodes: names,
      timeline,
      random,
      network: this.network,
      machines: pair.machines,
      witness: pair.witness,
      hasKey: pair.hasKey === true,
      isAnnounced: pair.isAnnounced === true,
      failback: pair.failback,
      conditionOf: (name) => this.nodes[name]?.condition,
      note: (who, text) => this.note(`${who} ${text}`),
      broken: (promise, text) => this.groups[0]?.watch.broken(promise, text),
    };
    const node = (name: NodeName): SimulatedNode =>
      new SimulatedNode(
        world,
        pair.settings[name] ?? pair.settings.primary,
        script.clockRates[name] ?? 1,
        script.startMs[name] ?? script.startMs.primary,
        (from, group) => this.announce(from, group),
        pair.groups,
      );
    this.bounds = boundsOf(
      slowestOf(pair.settings.primary, script),
      Math.max(...Object.values(script.startMs)),
      pair.witness,
      names.length,
    );
    const more = names.slice(2).map((name) => [name, node(name)] as const);
    this.nodes = { primary: node('primary'), backup: node('backup'), ...Object.fromEntries(more) };
    this.groups = this.nodes.primary.plans
      .filter(({ vips }) => vips.length > 0)
      .map(({ name }) => this.watchGroup(name));
  }

  run(): Outcome {
    const { timeline } = this;
    const isOver = (): boolean => this.violation !== undefined;
    const { headStartMs, faults } = this.script;
    timeline.at(Math.max(0, -headStartMs), () => this.nodes.primary.boot());
    timeline.at(Math.max(0, headStartMs), () => this.nodes.backup.boot());
    for (const name of namesIn(this.nodes).slice(2)) {
      timeline.at(this.script.bootMs?.[name] ?? 0, () => this.nodes[name]?.boot());
    }
    for (const fault of faults) timeline.at(fault.atMs, () => this.inject(fault));
    for (const { atMs, node, stepMs } of this.script.clockSteps ?? []) {
      timeline.at(atMs, () => this.nodes[node]?.stepClock(stepMs));
    }
    if (this.pair.isAttacked === true) this.attack();
    const { deadtimeMs } = this.pair.settings.primary;
    const lastMs = Math.max(4 * deadtimeMs, ...faults.map(endOf));
    const { settleMs } = this.bounds;
    timeline.runUntil(lastMs + settleMs, isOver);
    // What a slow machine began last may take it longer than all that.
    if (!isOver()) timeline.runUntil(timeline.nowMs + this.slownessMs, isOver);
    this.waitForReturns(isOver, settleMs);
    this.requireCalm(isOver, settleMs);
    return {
      violation: this.violation,
      history: this.lines,
      simulatedMs: Math.round(timeline.nowMs),
      takeovers: this.takeovers,
    };
  }

  /** What is to go back goes back, and comes to an end. */
  private waitForReturns(isOver: () => boolean, settleMs: number): void {
    const holdMs = this.pair.failback?.failbackHoldMs ?? 0;
    for (let tries = 0; tries < MOST_RETURNS && this.isGivingBack && !isOver(); tries += 1) {
      this.timeline.runUntil(this.timeline.nowMs + holdMs + settleMs, isOver);
    }
    if (this.isGivingBack && !isOver()) {
      this.groups[0]?.watch.broken('addresses that go back come to rest', 'a return is still waited for');
    }
  }

  private get isGivingBack(): boolean {
    return Object.values(this.nodes).some(({ pulse }) => pulse?.policy?.isGivingBack === true);
  }

  /** Somebody who records everything replays it all the time, and changes it. */
  private attack(): void {
    this.network.replay();
    this.timeline.after(this.random.between(1, ATTACK_GAP_MS), () => this.attack());
  }

  private watchGroup(name: string): WatchedGroup {
    const of = (node: SimulatedNode) => new GroupOfNode(node, name);
    const { primary, backup, ...others } = this.nodes;
    const more = Object.entries(others).map(([one, node]) => [one, of(node)] as const);
    const nodes = { primary: of(primary), backup: of(backup), ...Object.fromEntries(more) };
    const group: WatchedGroup = {
      name,
      nodes,
      watch: new Watch(
        { nodes: Object.values(nodes), network: this.network, announced: () => group.announced },
        this.bounds,
      ),
      announced: undefined,
      moves: 0,
    };
    return group;
  }

  private pass(passedMs: number): void {
    for (const { watch } of this.groups) watch.pass(passedMs);
    for (const node of Object.values(this.nodes)) node.pulse?.pass(passedMs);
  }

  private get violation(): Violation | undefined {
    for (const { name, watch } of this.groups) {
      const { violation } = watch;
      if (violation === undefined) continue;
      return this.groups.length === 1 ? violation : { ...violation, text: `${name}: ${violation.text}` };
    }
    return undefined;
  }

  private get slownessMs(): number {
    return Math.max(...Object.values(this.nodes).map(({ slownessMs }) => slownessMs));
  }

  /** After the last fault: one holder of each group, and it stays. */
  private requireCalm(isOver: () => boolean, settleMs: number): void {
    if (isOver()) return;
    const before = this.groups.map(({ watch, moves }) => ({ holder: watch.requireOneHolder(), moves }));
    this.timeline.runUntil(this.timeline.nowMs + settleMs, isOver);
    if (isOver()) return;
    for (const [index, { watch, moves, nodes }] of this.groups.entries()) {
      const calm = before[index];
      if (watch.requireOneHolder() !== calm?.holder || moves !== calm?.moves) {
        watch.broken('a stable holder after healing', 'the addresses moved without a reason');
      }
      const perFault = this.pair.failback === undefined ? 2 : 3;
      const most = 2 + perFault * this.script.faults.length;
      const takeovers = Object.values(nodes).reduce((sum, node) => sum + node.takeovers, 0);
      if (takeovers > most) {
        watch.broken('no flapping', `${takeovers} takeovers for ${this.script.faults.length} faults`);
      }
    }
  }

  private get takeovers(): number {
    return Object.values(this.nodes).reduce((sum, node) => sum + node.takeovers(), 0);
  }

  private announce(node: SimulatedNode, name: string): void {
    const group = this.groups.find((one) => one.name === name);
    if (group === undefined) return;
    const announced = group.nodes[node.role];
    if (group.announced !== announced) group.moves += 1;
    group.announced = announced;
    for (const other of node.others) this.nodes[other]?.hearAnnouncement(name);
  }

  private inject({ atMs, fault }: TimedFault): void {
    this.note(`*** ${faultText(fault)}`);
    for (const group of this.groups) {
      group.watch.faultHappens();
      if (this.isCalm(group, atMs)) this.expect(group, fault, atMs);
    }
    const end = beginFault(this, fault);
    if (!('durationMs' in fault)) return;
    this.timeline.after(fault.durationMs, end);
  }

  private expect({ name, nodes, watch }: WatchedGroup, fault: Fault, atMs: number): void {
    const isOneOfMany = this.groups.length > 1;
    const expectation = expectationOf({ group: name, nodes, isOneOfMany }, fault, atMs, this.bounds);
    const isAlone = !this.script.faults.some(
      (one) => one.atMs > atMs && one.atMs <= (expectation?.untilMs ?? 0),
    );
    if (expectation !== undefined && isAlone) watch.expect(expectation);
  }

  /** Whether both nodes have done nothing but their work for a while, one serving the group and the other not. */
  private isCalm({ nodes, announced }: WatchedGroup, atMs: number): boolean {
    const both = Object.values(this.nodes);
    const { settleMs } = this.bounds;
    const isQuiet = !this.script.faults.some((one) => one.atMs < atMs && endOf(one) > atMs - settleMs);
    const duties = Object.values(nodes).map(({ state }) => state?.duty);
    const standbys = duties.filter((duty) => duty === 'standby').length;
    const hasRoles = duties.includes('active') && standbys === duties.length - 1;
    const serves = announced?.state?.duty === 'active';
    const stays = !both.some(({ pulse }) => pulse?.policy?.misses === true);
    const isFirst = this.script.faults.filter((one) => one.atMs === atMs).length === 1;
    return (
      isQuiet &&
      isFirst &&
      hasRoles &&
      serves &&
      stays &&
      both.every((one) => one.isAttentive && one.isSteady)
    );
  }

  private note(text: string): void {
    const before = this.lines.at(-1);
    if (before?.endsWith(` ${text}`)) this.lines.pop();
    this.lines.push(`${this.timeline.nowMs.toFixed(1).padStart(10)} ${text}`);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
  }
}

function endOf({ atMs, fault }: TimedFault): number {
  return atMs + ('durationMs' in fault ? fault.durationMs : 0);
}
