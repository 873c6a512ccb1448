import type { HeartbeatWord } from '@piranha/protocol';
import type { NodeName } from './names.js';
import type { SeededRandom } from './random.js';
import type { Timeline } from './timeline.js';

/** Two heartbeat paths, as a pair with a public and a private network has. */
export const PATHS = [0, 1] as const;
export type PathNumber = (typeof PATHS)[number];

/** One heartbeat as it travels: a word of the original, or a beat with a key. */
export type Packet = HeartbeatWord | Buffer;
/** A packet of somebody who is no director. */
export interface Attack {
  /** What was recorded, and sent as it was or changed. */
  readonly recorded: Packet;
  readonly isForged: boolean;
}

/** Recordings that somebody keeps of what went by. */
const RECORDED = 2_000;

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
  private readonly recorded: Packet[] = [];
  private sends = 0;
  private readonly cuts = new Map<string, number>();
  /** How many packets got lost on every path that was not cut. */
  private readonly lost = new Map<string, number>();

  constructor(
    private readonly timeline: Timeline,
    private readonly random: SeededRandom,
    private readonly deliver: (to: NodeName, packet: Packet, path: PathNumber, attack?: Attack) => void,
    private readonly nodes: readonly NodeName[] = ['primary', 'backup'],
  ) {}

  /** Cuts one direction of a path; cuts add up. */
  cut(from: NodeName, to: NodeName, path: PathNumber): void {
    const key = `${from} ${to} ${path}`;
    this.cuts.set(key, (this.cuts.get(key) ?? 0) + 1);
  }

  /** Takes one cut of a direction back. */
  heal(from: NodeName, to: NodeName, path: PathNumber): void {
    const key = `${from} ${to} ${path}`;
    this.cuts.set(key, Math.max(0, (this.cuts.get(key) ?? 0) - 1));
  }

  isCut(from: NodeName, to: NodeName, path: PathNumber): boolean {
    return (this.cuts.get(`${from} ${to} ${path}`) ?? 0) > 0;
  }

  /** Whether packets of one node get to another on some path. */
  carries(from: NodeName, to: NodeName): boolean {
    return PATHS.some((path) => !this.isCut(from, to, path));
  }

  /** How many of the packets of one node to another got lost on every path. */
  lostSends(from: NodeName, to: NodeName): number {
    return this.lost.get(`${from} ${to}`) ?? 0;
  }

  /** Sends on every path what `make` gives for it. */
  send(from: NodeName, to: NodeName, make: (path: PathNumber) => Packet): void {
    let isCarried = false;
    for (const path of PATHS) {
      const packet = make(path);
      if (this.isCut(from, to, path) || this.random.chance(this.noise.lossShare)) continue;
      isCarried = true;
      this.carry(from, to, path, packet);
      if (this.random.chance(this.noise.duplicateShare)) this.carry(from, to, path, packet);
    }
    if (!isCarried) this.lost.set(`${from} ${to}`, this.lostSends(from, to) + 1);
  }

  /** Somebody sends a recording to a node, as it was or changed a little, by whatever path. */
  replay(): void {
    if (this.recorded.length === 0) return;
    const recorded = this.random.pick(this.recorded);
    const to = this.random.pick(this.nodes);
    const packet = this.forged(recorded);
    this.deliver(to, packet, this.random.pick(PATHS), { recorded, isForged: packet !== recorded });
  }

  private forged(packet: Packet): Packet {
    if (typeof packet === 'string' || !this.random.chance(0.2)) return packet;
    const forged = Buffer.from(packet);
    const index = this.random.between(0, forged.length - 1);
    forged[index] = 7;
    return packet[index] === 7 ? packet : forged;
  }

  /** Only what arrived: to keep a packet back and let it go later is another attack, which nothing here withstands. */
  private record(packet: Packet): void {
    // Of each time some: old ones are of lives that have ended.
    if (this.recorded.length < RECORDED) this.recorded.push(packet);
    else this.recorded[this.sends % RECORDED] = packet;
    this.sends += 7;
  }

  private carry(from: NodeName, to: NodeName, path: PathNumber, packet: Packet): void {
    this.timeline.after(DELAY_MS + this.random.next() * this.noise.jitterMs, () => {
      if (this.isCut(from, to, path)) return;
      this.record(packet);
      this.deliver(to, packet, path);
    });
  }
}
