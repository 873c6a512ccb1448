import type { HeartbeatWord } from '@piranha/protocol';
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

/** Carries packets from node to node, or loses, delays, doubles and reorders them. */
export class Network<Packet> {
  noise = QUIET;
  private readonly cuts = new Map<string, number>();

  constructor(
    private readonly timeline: Timeline,
    private readonly random: SeededRandom,
    private readonly deliver: (to: string, from: string, packet: Packet, path: PathNumber) => void,
  ) {}

  /** Cuts one direction of a path; cuts add up. */
  cut(from: string, to: string, path: PathNumber): void {
    const key = `${from} ${to} ${path}`;
    this.cuts.set(key, (this.cuts.get(key) ?? 0) + 1);
  }

  /** Takes one cut of a direction back. */
  heal(from: string, to: string, path: PathNumber): void {
    const key = `${from} ${to} ${path}`;
    this.cuts.set(key, Math.max(0, (this.cuts.get(key) ?? 0) - 1));
  }

  isCut(from: string, to: string, path: PathNumber): boolean {
    return (this.cuts.get(`${from} ${to} ${path}`) ?? 0) > 0;
  }

  /** Whether packets of one node get to another on some path. */
  carries(from: string, to: string): boolean {
    return PATHS.some((path) => !this.isCut(from, to, path));
  }

  /** Sends a packet on every path. */
  send(from: string, to: string, packet: Packet): void {
    for (const path of PATHS) {
      if (this.isCut(from, to, path) || this.random.chance(this.noise.lossShare)) continue;
      this.carry(from, to, path, packet);
      if (this.random.chance(this.noise.duplicateShare)) this.carry(from, to, path, packet);
    }
  }

  private carry(from: string, to: string, path: PathNumber, packet: Packet): void {
    this.timeline.after(DELAY_MS + this.random.next() * this.noise.jitterMs, () => {
      if (!this.isCut(from, to, path)) this.deliver(to, from, packet, path);
    });
  }
}

export type HeartbeatNetwork = Network<HeartbeatWord>;
