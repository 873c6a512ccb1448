import type { EventFields } from '@piranha/events/catalogue';
import type { HeartbeatWord, NodeRole } from '@piranha/protocol';
import { gateQuestion } from '../../src/core/gate.js';
import { nextTickMs, stepPulse } from '../../src/core/machine.js';
import { startPulse } from '../../src/core/start.js';
import type {
  GateAnswer,
  MaintenanceOrder,
  PulseEvent,
  PulseSettings,
  PulseStart,
  PulseState,
  PulseStep,
} from '../../src/core/types.js';
import { PairClock } from './pair-clock.js';

/** Settings of the tests: beats each 100 ms, dead after 400 ms. */
export function testSettings(role: NodeRole, overrides: Partial<PulseSettings> = {}): PulseSettings {
  return {
    role,
    hasPartner: true,
    keepaliveMs: 100,
    deadtimeMs: 400,
    releaseLimitMs: 1_000,
    vips: ['10.0.0.9'],
    ...overrides,
  };
}

export interface VirtualNode {
  readonly settings: PulseSettings;
  state: PulseState;
  /** Whether the addresses are up here; changes when a take or a drop is done. */
  holding: boolean;
  alive: boolean;
  /** Stopped for a while: it hears nothing, and what was begun for it ends later. */
  asleep: boolean;
  /** How often it was started: what an earlier life began ends with it. */
  life: number;
  readonly log: string[];
  /** What it said of each time in which both had the addresses. */
  readonly healed: EventFields[];
  /** What it said of each death of the partner. */
  readonly dead: { limit: unknown; adaptiveMs?: unknown; deadtimeMs: unknown }[];
  readonly results: { ok: boolean; text: string }[];
  /** Answers to orders of maintenance standby. */
  readonly orders: { ok: boolean; text: string }[];
}

/** What a node's gate says to a question. */
export type VirtualGate = (
  question: GateAnswer['question'],
  state: PulseState,
  nowMs: number,
) => Omit<GateAnswer, 'question'>;

/** Two real state machines on a virtual clock and a network that the test may cut. */
export class VirtualPair extends PairClock {
  readonly nodes: Record<NodeRole, VirtualNode>;
  /** Words from this node are lost. */
  readonly cut = { primary: false, backup: false };
  /** Asked where the settings say that there is one. */
  readonly gates: Partial<Record<NodeRole, VirtualGate>> = {};
  delayMs = 1;
  takeMs = 5;
  dropMs = 5;
  /** How long the programs run that are to end before the addresses go down. */
  programsMs = 50;
  /** Who told the network last that it has the addresses. */
  announcer: NodeRole | undefined;

  constructor(
    private readonly random: () => number = () => 0.5,
    overrides: Partial<PulseSettings> = {},
  ) {
    super();
    const node = (role: NodeRole): VirtualNode => {
      const settings = testSettings(role, overrides);
      const { state } = startPulse(settings, { type: 'fresh' }, 0);
      return {
        settings,
        state,
        holding: false,
        alive: false,
        asleep: false,
        life: 0,
        log: [],
        healed: [],
        dead: [],
        results: [],
        orders: [],
      };
    };
    this.nodes = { primary: node('primary'), backup: node('backup') };
  }

  start(role: NodeRole, how: PulseStart = { type: 'fresh' }, order?: MaintenanceOrder): void {
    const node = this.nodes[role];
    node.alive = true;
    node.life += 1;
    this.commit(role, startPulse(node.settings, how, this.nowMs, order));
  }

  /** The process and its addresses are gone at once. */
  crash(role: NodeRole): void {
    const node = this.nodes[role];
    node.alive = false;
    node.holding = false;
  }

  send(role: NodeRole, event: PulseEvent): void {
    const node = this.nodes[role];
    if (node.alive && !node.asleep)
      this.commit(role, stepPulse(node.settings, node.state, event, this.nowMs));
  }

  /** As the shell: the gate is asked in the same moment. */
  tick(role: NodeRole, lateMs: number): void {
    const { settings, state } = this.nodes[role];
    const question = gateQuestion(settings, state, lateMs, this.nowMs);
    const said = question && this.gates[role]?.(question, state, this.nowMs);
    this.send(role, { type: 'tick', lateMs, gate: question && said && { question, ...said } });
    if (this.tickAt(role) <= this.nowMs) throw new Error(`${role} spins at ${this.nowMs} ms`);
  }

  holders(): NodeRole[] {
    return (['primary', 'backup'] as const).filter((role) => this.nodes[role].holding);
  }

  protected timerDueMs(): number {
    return Math.min(this.tickAt('primary'), this.tickAt('backup'));
  }

  protected serveTimer(): void {
    for (const role of ['primary', 'backup'] as const) {
      if (this.tickAt(role) <= this.nowMs) this.tick(role, 0);
    }
  }

  private tickAt(role: NodeRole): number {
    const node = this.nodes[role];
    if (!node.alive || node.asleep) return Infinity;
    return Math.max(this.nowMs, nextTickMs(node.settings, node.state));
  }

  private commit(role: NodeRole, step: PulseStep): void {
    const node = this.nodes[role];
    const { life } = node;
    node.state = step.state;
    for (const effect of step.effects) {
      if (effect.type === 'send') this.transmit(role, effect.word);
      if (effect.type === 'announce') this.announcer = role;
      if (effect.type === 'log') node.log.push(effect.event);
      if (effect.type === 'log' && effect.event === 'PULSE_SPLIT_HEALED') node.healed.push(effect.fields);
      if (effect.type === 'log' && effect.event === 'PULSE_PARTNER_DEAD') {
        const { limit, adaptiveMs, deadtimeMs } = effect.fields;
        node.dead.push({ limit, deadtimeMs, ...(adaptiveMs === undefined ? {} : { adaptiveMs }) });
      }
      if (effect.type === 'handoverResult') node.results.push({ ok: effect.ok, text: effect.text });
      if (effect.type === 'maintenanceResult') node.orders.push({ ok: effect.ok, text: effect.text });
      if (effect.type === 'exit') node.alive = false;
      if (effect.type === 'prepareLeave')
        this.after(this.programsMs, () => {
          if (node.life === life) this.send(role, { type: 'leavable' });
        });
      if (effect.type === 'take') this.after(this.takeMs, () => this.finish(role, life, true));
      if (effect.type === 'drop') this.after(this.dropMs, () => this.finish(role, life, false));
    }
  }

  private finish(role: NodeRole, life: number, holding: boolean): void {
    const node = this.nodes[role];
    // A later wish replaced this one, or the process that had it is gone.
    if (node.asleep) {
      this.after(1, () => this.finish(role, life, holding));
      return;
    }
    if (!node.alive || node.life !== life || (node.state.duty === 'dropping') === holding) return;
    node.holding = holding;
    this.send(role, { type: holding ? 'taken' : 'dropped' });
  }

  private transmit(from: NodeRole, word: HeartbeatWord): void {
    if (this.cut[from]) return;
    const to: NodeRole = from === 'primary' ? 'backup' : 'primary';
    this.after(this.delayMs, () => this.send(to, { type: 'heard', word, random: this.random() }));
  }
}

/** A calm pair: the primary serves, the backup stands by, and the times of nobody and of both are counted from now. */
export function servingPair(overrides: Partial<PulseSettings> = {}): VirtualPair {
  const pair = new VirtualPair(undefined, overrides);
  pair.start('primary');
  pair.start('backup');
  pair.run(2_000);
  if (pair.holders().join() !== 'primary') throw new Error('the primary does not serve');
  pair.nobodyMs = 0;
  pair.bothMs = 0;
  return pair;
}
