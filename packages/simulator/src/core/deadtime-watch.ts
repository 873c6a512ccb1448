import { type PulseEffect, YOUNG_DEADTIME_MS } from '@piranha/pulse/machines';
import type { SimulatedNode } from './simulated-node.js';
import type { World } from './world.js';

/** How much later than the deadtime a prompt process may judge a silence, ms: its timer, and the way to its sockets. */
const PROMPT_WITHIN_MS = 3;
/** A silence that ends to the millisecond is not too short for the fractions of its sum. */
const ROUNDING_MS = 0.001;

const PROMISE = 'a silence counts as a death when the deadtime is over, no sooner and no later';

type LogEffect = Extract<PulseEffect, { type: 'log' }>;

/** Holds a pulse process to its deadtime, by what really reached it and by no word of its state machine. */
export class DeadtimeWatch {
  /** By whose clock this is: the node's own. */
  private readonly startedMs: number;
  private readonly heardAtMs = new Map<string, number>();
  /** Since when the node could have judged a silence without a break. */
  private readySinceMs: number;

  constructor(
    private readonly world: Pick<World, 'broken' | 'witness'>,
    private readonly node: SimulatedNode,
  ) {
    this.startedMs = node.monotonicMs;
    this.readySinceMs = this.startedMs;
  }

  /** A word or a beat that counts was read. */
  heard(from: string): void {
    this.heardAtMs.set(from, this.node.monotonicMs);
  }

  /** The state machine tells that a director is lost or dead to it. */
  logged({ event, fields }: LogEffect): void {
    if (event !== 'PULSE_PARTNER_DEAD' && event !== 'PULSE_PARTNER_LOST') return;
    const { node } = this;
    const name = String(fields.director ?? node.partner);
    const silentMs = node.monotonicMs - Math.max(this.startedMs, this.heardAtMs.get(name) ?? 0);
    const { deadtimeMs } = node.settingsInUse;
    if (silentMs < deadtimeMs - ROUNDING_MS) this.broken(`after ${silentMs.toFixed(1)} ms of ${deadtimeMs}`);
  }

  /**
   * Time passes in which nothing changes. Of several directors each waits for its turn, and a witness is waited for: the
   * upper end is watched in a pair without one.
   */
  pass(passedMs: number): void {
    const { node } = this;
    const nowMs = node.monotonicMs + node.clockMs(passedMs);
    if (!this.isReady()) {
      this.readySinceMs = nowMs;
      return;
    }
    const sinceMs = Math.max(this.readySinceMs, this.heardAtMs.get(node.partner) ?? 0);
    if (nowMs - sinceMs <= node.settings.keepaliveMs + PROMPT_WITHIN_MS) return;
    const believedMs = Math.max(node.settingsInUse.deadtimeMs, YOUNG_DEADTIME_MS);
    const overMs = nowMs - sinceMs - believedMs;
    if (overMs > PROMPT_WITHIN_MS) this.broken(`not yet ${overMs.toFixed(1)} ms after it`);
  }

  /** Whether the partner's silence is all that it waits for. */
  private isReady(): boolean {
    const { node, world } = this;
    const state = node.pulse?.state;
    if (state === undefined || node.others.length > 1 || world.witness !== undefined) return false;
    const isWaiting = state.duty === 'standby' || state.duty === 'claiming';
    const isFree = state.maintenance === undefined && !state.disabled && node.linkUp;
    return isWaiting && isFree && node.pulse?.runs === true && node.isPrompt;
  }

  private broken(text: string): void {
    this.world.broken(PROMISE, `${this.node.role}: ${text}`);
  }
}
