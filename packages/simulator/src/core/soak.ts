import type { HeartbeatMeasurement, NodeRole } from '@piranha/protocol';
import { ADAPTIVE_REFRESH_MS, type PulseSettings } from '@piranha/pulse/machines';
import { HeartbeatNetwork, type Noise } from './network.js';
import { SeededRandom } from './random.js';
import { OWN_MACHINES, pairOf } from './simulate.js';
import { SimulatedMeasure } from './simulated-measure.js';
import { SimulatedNode } from './simulated-node.js';
import { Timeline } from './timeline.js';
import type { World } from './world.js';

/** From a start to its first beat, ms. */
const START_MS = 200;
/** After a start: roles are settled, and nobody is young, ms. */
const SETTLE_MS = 30_000;
/** A death is looked for in steps of this, ms. */
const STEP_MS = 1;

export interface SoakOptions {
  readonly seed: number;
  readonly settings: PulseSettings;
  readonly noise: Noise;
  readonly adaptive: boolean;
  readonly falseTakeoverYears: number;
}

/**
 * A pair that runs for hours on a noisy network: the daemons' own state machines, guardians, statistics and adaptive mode
 * on a virtual clock. Whoever begins to serve although nobody crashed made a false takeover.
 */
export class Soak {
  readonly nodes: Readonly<Record<NodeRole, SimulatedNode>>;
  private readonly timeline = new Timeline(() => undefined);
  private readonly random: SeededRandom;
  private readonly network: HeartbeatNetwork;
  private settings: PulseSettings;
  private wantedTakeovers = 0;

  constructor({ seed, settings, noise, adaptive, falseTakeoverYears }: SoakOptions) {
    const { timeline } = this;
    const random = new SeededRandom(seed);
    this.random = random;
    this.settings = settings;
    this.network = new HeartbeatNetwork(timeline, random, (to, word, path) =>
      this.nodes[to as NodeRole].hear(word, path),
    );
    const { network } = this;
    const world: World = {
      nodes: ['primary', 'backup'],
      timeline,
      random,
      network,
      machines: OWN_MACHINES,
      witness: undefined,
      hasKey: false,
      note: () => undefined,
      broken: () => undefined,
      conditionOf: () => undefined,
    };
    const node = (role: NodeRole): SimulatedNode => {
      const made = new SimulatedNode(world, pairOf(settings).settings[role], 1, START_MS, () => undefined);
      made.measure = new SimulatedMeasure(settings, adaptive, falseTakeoverYears);
      return made;
    };
    this.nodes = { primary: node('primary'), backup: node('backup') };
    this.nodes.primary.boot();
    timeline.runUntil(START_MS + settings.deadtimeMs * 2);
    this.nodes.backup.boot();
    timeline.runUntil(timeline.nowMs + SETTLE_MS);
    this.network.noise = noise;
    this.wantedTakeovers = this.takeovers;
    this.refresh();
  }

  /** Takeovers that nothing called for. */
  get falseTakeovers(): number {
    return this.takeovers - this.wantedTakeovers;
  }

  /** Lets virtual time pass. */
  run(durationMs: number): void {
    this.timeline.runUntil(this.timeline.nowMs + durationMs);
  }

  /** What a director measured of its partner. */
  measurement(role: NodeRole): HeartbeatMeasurement {
    const measure = this.nodes[role].measure as SimulatedMeasure;
    return measure.measurement(this.settings, this.timeline.nowMs);
  }

  /** The threshold of adaptive mode that a director uses, ms; undefined where it uses the deadtime. */
  thresholdMs(role: NodeRole): number | undefined {
    return this.nodes[role].measure?.status.thresholdMs;
  }

  /** Another deadtime for both, as with a reload, and no adaptive mode. */
  keepToDeadtime(deadtimeMs: number): void {
    this.settings = { ...this.settings, deadtimeMs };
    for (const node of Object.values(this.nodes)) {
      node.settings = { ...node.settings, deadtimeMs };
      node.measure?.keepToDeadtime(this.settings, this.timeline.nowMs);
      node.measure?.refresh(this.settings, this.timeline.nowMs);
    }
  }

  /** The one who serves crashes, and boots again later. @returns after how long the other began to take over, ms */
  crash(): number {
    // At any moment between two beats.
    this.run(this.random.next() * this.settings.keepaliveMs);
    const { nowMs } = this.timeline;
    const active = Object.values(this.nodes).find(({ pulse }) => pulse?.state?.duty === 'active');
    if (active === undefined) throw new Error('nobody serves');
    const before = this.takeovers;
    active.crash();
    const limitMs = nowMs + 10 * this.settings.deadtimeMs;
    while (this.takeovers === before && this.timeline.nowMs < limitMs) this.run(STEP_MS);
    const tookMs = this.takeovers > before ? this.timeline.nowMs - nowMs : Infinity;
    this.run(2 * this.settings.deadtimeMs);
    active.measure?.restart();
    active.boot();
    this.run(SETTLE_MS + 2 * this.settings.deadtimeMs);
    this.wantedTakeovers += 1;
    return tookMs;
  }

  private get takeovers(): number {
    return this.nodes.primary.takeovers() + this.nodes.backup.takeovers();
  }

  private refresh(): void {
    const { timeline } = this;
    for (const node of Object.values(this.nodes)) node.measure?.refresh(this.settings, timeline.nowMs);
    timeline.after(ADAPTIVE_REFRESH_MS, () => this.refresh());
  }
}
