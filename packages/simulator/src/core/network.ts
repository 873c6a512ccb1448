import type { HeartbeatWord, NodeRole } from '@piranha/protocol';
import type { SeededRandom } from './random.js';
import type { Timeline } from './timeline.js';

/** Two heartbeat paths, as a pair with a public and a private network has. */
export const PATHS = [0, 1] as const;
export type PathNumber = (typeof PATHS)[number];

/** What the network does to every packet at the moment. */
export interface Noise {
  /** 0 to 1. */
  readonly lossShare: number;
  /** Added to the delay, uniform from 0; what overtakes is reordered. */
  readonly jitterMs: number;
  readonly duplicateShare: number;
}

export const QUIET: Noise = { lossShare: 0, jitterMs: 0, duplicateShare: 0 };
/** A packet's way without noise, ms. */
const DELAY_MS = 0.3;

/** Carries heartbeats from node to node, or loses, delays, doubles and reorders them. */
export class HeartbeatNetwork {
  noise = QUIET;
  private readonly cuts = new Map<string, number>();

  constructor(
    private readonly timeline: Timeline,
    private readonly random: SeededRandom,
    private readonly deliver: (to: NodeRole, word: HeartbeatWord, path: PathNumber) => void,
  ) {}

  /** Cuts one direction of a path; cuts add up. */
  cut(from: NodeRole, to: NodeRole, path: PathNumber): void {
    const key = `${from} ${to} ${path}`;
    this.cuts.set(key, (this.cuts.get(key) ?? 0) + 1);
  }

  /** Takes one cut of a direction back. */
  heal(from: NodeRole, to: NodeRole, path: PathNumber): void {
    const key = `${from} ${to} ${path}`;
    this.cuts.set(key, Math.max(0, (this.cuts.get(key) ?? 0) - 1));
  }

  isCut(from: NodeRole, to: NodeRole, path: PathNumber): boolean {
    return (this.cuts.get(`${from} ${to} ${path}`) ?? 0) > 0;
  }

  /** Whether packets of one node get to another on some path. */
  carries(from: NodeRole, to: NodeRole): boolean {
    return PATHS.some((path) => !this.isCut(from, to, path));
  }

  /** Sends a word on every path. */
  send(from: NodeRole, to: NodeRole, word: HeartbeatWord): void {
    for (const path of PATHS) {
      if (this.isCut(from, to, path) || this.random.chance(this.noise.lossShare)) continue;
      this.carry(from, to, path, word);
      if (this.random.chance(this.noise.duplicateShare)) this.carry(from, to, path, word);
    }
  }

  private carry(from: NodeRole, to: NodeRole, path: PathNumber, word: HeartbeatWord): void {
    this.timeline.after(DELAY_MS + this.random.next() * this.noise.jitterMs, () => {
      if (!this.isCut(from, to, path)) this.deliver(to, word, path);
    });
  }
}
