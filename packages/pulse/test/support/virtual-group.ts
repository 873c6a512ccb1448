import type { EventFields } from '@piranha/events/catalogue';
import { groupsOf } from '../../src/core/beat-words.js';
import { gateQuestion } from '../../src/core/gate.js';
import { nextTickMs, stepPulse } from '../../src/core/machine.js';
import { startPulse } from '../../src/core/start.js';
import type { GateAnswer, PulseEvent, PulseSettings, PulseState, PulseStep } from '../../src/core/types.js';
import { testSettings } from './virtual-pair.js';

const NAMES = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'] as const;
export type Name = (typeof NAMES)[number];

export interface GroupNode {
  readonly name: Name;
  readonly settings: PulseSettings;
  state: PulseState;
  holding: boolean;
  alive: boolean;
  isReady: boolean;
  life: number;
  readonly heardAtMs: Map<string, number>;
  readonly log: string[];
  readonly healed: EventFields[];
  readonly results: { ok: boolean; text: string }[];
}

interface Scheduled {
  readonly atMs: number;
  readonly run: () => void;
}

/** Three to five real state machines on a virtual clock, and a network that the test may cut. */
export class VirtualGroup {
  nowMs = 0;
  /** Time in which nobody, or more than one, held the addresses, ms. */
  nobodyMs = 0;
  manyMs = 0;
  delayMs = 1;
  takeMs = 5;
  dropMs = 5;
  /** `from to` pairs whose packets are lost. */
  readonly cuts = new Set<string>();
  readonly nodes: readonly GroupNode[];
  gate: ((name: Name, question: GateAnswer['question']) => Omit<GateAnswer, 'question'>) | undefined;
  private queue: Scheduled[] = [];

  constructor(count: number, overrides: Partial<PulseSettings> = {}) {
    const ranked = NAMES.slice(0, count).map((name, rank) => ({ name, rank }));
    this.nodes = ranked.map((self) => {
      const settings: PulseSettings = {
        ...testSettings(self.rank === 0 ? 'primary' : 'backup', overrides),
        self,
        others: ranked.filter(({ rank }) => rank !== self.rank),
      };
      return {
        name: self.name,
        settings,
        state: startPulse(settings, { type: 'fresh' }, 0).state,
        holding: false,
        alive: false,
        isReady: true,
        life: 0,
        heardAtMs: new Map(),
        log: [],
        healed: [],
        results: [],
      };
    });
  }

  node(name: Name): GroupNode {
    const found = this.nodes.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  }

  start(...names: readonly Name[]): void {
    for (const name of names) {
      const node = this.node(name);
      node.alive = true;
      node.life += 1;
      node.heardAtMs.clear();
      this.commit(node, startPulse(node.settings, { type: 'fresh' }, this.nowMs));
      this.send(name, { type: 'readiness', isReady: node.isReady });
    }
  }

  crash(...names: readonly Name[]): void {
    for (const name of names) {
      this.node(name).alive = false;
      this.node(name).holding = false;
    }
  }

  /** Parts the network into these sets. */
  part(...sets: readonly (readonly Name[])[]): void {
    const setOf = (name: Name) => sets.findIndex((set) => set.includes(name));
    this.cuts.clear();
    for (const { name: from } of this.nodes) {
      for (const { name: to } of this.nodes) if (setOf(from) !== setOf(to)) this.cuts.add(`${from} ${to}`);
    }
  }

  send(name: Name, event: PulseEvent): void {
    const node = this.node(name);
    if (node.alive) this.commit(node, stepPulse(node.settings, node.state, event, this.nowMs));
  }

  holders(): readonly Name[] {
    return this.nodes.filter(({ holding }) => holding).map(({ name }) => name);
  }

  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (;;) {
      this.queue.sort((one, other) => one.atMs - other.atMs);
      const ticks = this.nodes.map((node) => this.tickAt(node));
      const nextMs = Math.min(this.queue[0]?.atMs ?? Infinity, ...ticks);
      if (nextMs > endMs) break;
      this.pass(nextMs);
      const due = this.queue[0];
      if (due !== undefined && due.atMs <= nextMs) {
        this.queue.shift();
        due.run();
      } else for (const node of this.nodes) if (this.tickAt(node) <= nextMs) this.tick(node);
    }
    this.pass(endMs);
  }

  private pass(toMs: number): void {
    const count = this.holders().length;
    if (count === 0) this.nobodyMs += toMs - this.nowMs;
    if (count > 1) this.manyMs += toMs - this.nowMs;
    this.nowMs = toMs;
  }

  private tickAt(node: GroupNode): number {
    return node.alive ? Math.max(this.nowMs, nextTickMs(node.settings, node.state)) : Infinity;
  }

  private tick(node: GroupNode): void {
    const question = gateQuestion(node.settings, node.state, 0, this.nowMs);
    const said = question && this.gate?.(node.name, question);
    this.send(node.name, { type: 'tick', lateMs: 0, gate: question && said && { question, ...said } });
    if (this.tickAt(node) <= this.nowMs) throw new Error(`${node.name} spins at ${this.nowMs} ms`);
  }

  private after(delayMs: number, run: () => void): void {
    this.queue.push({ atMs: this.nowMs + delayMs, run });
  }

  private commit(node: GroupNode, step: PulseStep): void {
    const { life } = node;
    node.state = step.state;
    for (const effect of step.effects) {
      if (effect.type === 'send') this.transmit(node, effect.word);
      if (effect.type === 'log') node.log.push(effect.event);
      if (effect.type === 'log' && effect.event === 'PULSE_SPLIT_HEALED') node.healed.push(effect.fields);
      if (effect.type === 'handoverResult') node.results.push({ ok: effect.ok, text: effect.text });
      if (effect.type === 'exit') node.alive = false;
      if (effect.type === 'take') this.after(this.takeMs, () => this.finish(node, life, true));
      if (effect.type === 'drop') this.after(this.dropMs, () => this.finish(node, life, false));
    }
  }

  private finish(node: GroupNode, life: number, holding: boolean): void {
    if (!node.alive || node.life !== life || (node.state.duty === 'dropping') === holding) return;
    node.holding = holding;
    this.send(node.name, { type: holding ? 'taken' : 'dropped' });
  }

  private transmit(from: GroupNode, word: Parameters<typeof groupsOf>[0]): void {
    const [group] = groupsOf(word, from.state.duty, [], from.state.others?.heir);
    if (group === undefined) return;
    const serving = from.state.others?.views.filter(
      ({ life, duty, name }) =>
        life === 'alive' && (duty === 'active' || duty === 'releasing') && from.heardAtMs.has(name),
    );
    const event: PulseEvent = {
      type: 'heardOf',
      from: from.name,
      rank: from.settings.self?.rank ?? 0,
      duty: group.duty,
      heir: group.heir,
      asksRelease: group.asksRelease === true,
      isReady: from.isReady && from.state.maintenance === undefined && from.state.failure === undefined,
      relays: (serving ?? []).map(({ name }) => ({
        name,
        ageMs: this.nowMs - (from.heardAtMs.get(name) ?? 0),
      })),
    };
    for (const to of this.nodes) {
      if (to === from || this.cuts.has(`${from.name} ${to.name}`)) continue;
      this.after(this.delayMs, () => {
        to.heardAtMs.set(from.name, this.nowMs);
        this.send(to.name, event);
      });
    }
  }
}

/** A calm group in which the first director serves, and the times are counted from now. */
export function servingGroup(count: number, overrides: Partial<PulseSettings> = {}): VirtualGroup {
  const group = new VirtualGroup(count, overrides);
  group.start(...NAMES.slice(0, count));
  group.run(3_000);
  if (group.holders().join() !== 'alpha') throw new Error(`served by ${group.holders().join()}`);
  group.nobodyMs = 0;
  group.manyMs = 0;
  return group;
}
