import { drawnRing } from './beats.js';
import { damaged, seededRandom } from './random.js';
import { VirtualNode } from './virtual-node.js';

const KEEPALIVE_MS = 100;
const STEP_MS = 10;
const NAMES = ['left', 'right', 'third'] as const;
/** Attacker's packets in each step. */
const ATTACKS = 3;

interface Sent {
  readonly bytes: Buffer;
  readonly from: VirtualNode;
  readonly life: string;
  readonly sentMs: number;
  /** Nodes' lives to which the network has brought it. */
  readonly deliveredTo: Set<string>;
}

interface Flight {
  readonly packet: Sent;
  readonly to: VirtualNode;
  readonly dueMs: number;
}

/** What a run saw, so that a test can tell that it was put to the test. */
export interface NetworkTally {
  accepted: number;
  late: number;
  restarts: number;
  replays: number;
  mutations: number;
  /** Invariants that were broken, in words. */
  readonly violations: string[];
}

/**
 * Three nodes on a network that loses, delays, doubles, reorders and parts, and an attacker who records every packet
 * ever sent and sends it again, whole or damaged, to whom he likes. All from one seed.
 */
export class VirtualNetwork {
  readonly nodes: readonly VirtualNode[];
  readonly tally: NetworkTally = {
    accepted: 0,
    late: 0,
    restarts: 0,
    replays: 0,
    mutations: 0,
    violations: [],
  };
  private readonly random: () => number;
  private readonly recorded: Sent[] = [];
  private flights: Flight[] = [];
  private readonly bornMs = new Map<string, number>();
  private readonly newestSentMs = new Map<string, number>();
  private nowMs = 0;
  private drawn = 0;
  private cut = new Set<string>();

  constructor(seed: number, sealed: boolean) {
    const ring = drawnRing(1);
    this.random = seededRandom(seed);
    this.nodes = NAMES.map((name) => {
      const peers = NAMES.filter((other) => other !== name);
      return new VirtualNode(name, peers, ring, this.drawBoot(), sealed);
    });
  }

  /** Runs for so long, ms of its own time; with `faults` or on a sound network. The attacker never rests. */
  run(durationMs: number, faults: boolean): void {
    if (!faults) this.cut.clear();
    for (const endMs = this.nowMs + durationMs; this.nowMs < endMs; this.nowMs += STEP_MS) {
      if (faults) this.fault();
      for (const [index, node] of this.nodes.entries()) {
        if ((this.nowMs + index * 30) % KEEPALIVE_MS === 0) this.send(node, faults);
      }
      const due = this.flights.filter(({ dueMs }) => dueMs <= this.nowMs);
      this.flights = this.flights.filter(({ dueMs }) => dueMs > this.nowMs);
      for (const flight of due) this.deliver(flight, faults);
      for (let attack = 0; attack < ATTACKS; attack += 1) this.attack(faults);
    }
  }

  /** Pairs (both ways) without a session of the present life, or with one older than three keepalives. */
  missingSessions(): string[] {
    return this.pairs().flatMap(([node, peer]) => {
      const session = node.session(peer.name);
      const isFresh = session !== undefined && this.nowMs - session.heardMs <= 3 * KEEPALIVE_MS;
      return isFresh && session.boot === peer.life ? [] : [`${node.name} of ${peer.name}`];
    });
  }

  private pairs(): (readonly [VirtualNode, VirtualNode])[] {
    return this.nodes.flatMap((node) =>
      this.nodes.filter((peer) => peer !== node).map((peer) => [node, peer] as const),
    );
  }

  private drawBoot(): string {
    this.drawn += 1;
    const boot = (BigInt(this.drawn) * 0x9e37_79b9_7f4a_7c15n) & 0xffff_ffff_ffff_ffffn;
    const text = boot.toString(16).padStart(16, '0');
    this.bornMs.set(text, this.nowMs);
    return text;
  }

  private fault(): void {
    for (const node of this.nodes) {
      if (this.random() > 0.004) continue;
      node.restart(this.drawBoot());
      this.tally.restarts += 1;
    }
    if (this.random() < 0.01) {
      this.cut = new Set(
        this.pairs()
          .filter(() => this.random() < 0.3)
          .map(([from, to]) => `${from.name} ${to.name}`),
      );
    }
  }

  private send(from: VirtualNode, faults: boolean): void {
    const packet = {
      bytes: from.send(this.nowMs),
      from,
      life: from.life,
      sentMs: this.nowMs,
      deliveredTo: new Set<string>(),
    };
    this.recorded.push(packet);
    for (const to of this.nodes) {
      if (to === from || this.cut.has(`${from.name} ${to.name}`)) continue;
      const copies = faults ? (this.random() < 0.2 ? 0 : this.random() < 0.1 ? 2 : 1) : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const delayMs = faults ? this.random() * 250 : this.random() * 20;
        this.flights.push({ packet, to, dueMs: this.nowMs + delayMs });
      }
    }
  }

  private deliver({ packet, to }: Flight, faults: boolean): void {
    packet.deliveredTo.add(to.life);
    const { outcome, answer } = to.receive(packet.bytes, this.nowMs);
    if (outcome === 'accepted') this.tally.accepted += 1;
    if (outcome === 'late') this.tally.late += 1;
    if (outcome === 'accepted') this.checkAccepted(packet, to);
    if (answer) this.send(to, faults);
  }

  /** What is known of a peer only ever becomes newer, and never stems from before the receiver's own life. */
  private checkAccepted(packet: Sent, to: VirtualNode): void {
    const pair = `${to.life} ${packet.from.name}`;
    const newestMs = this.newestSentMs.get(pair) ?? this.bornMs.get(to.life) ?? 0;
    if (packet.sentMs < newestMs) {
      this.tally.violations.push(`${to.name} took a beat of ${packet.sentMs} ms after one of ${newestMs} ms`);
    }
    this.newestSentMs.set(pair, packet.sentMs);
  }

  private attack(faults: boolean): void {
    const packet = this.recorded[Math.floor(this.random() ** 2 * this.recorded.length)];
    const to = this.nodes[Math.floor(this.random() * this.nodes.length)];
    if (packet === undefined || to === undefined) return;
    if (this.random() < 0.3) this.mutate(packet, to);
    else this.replay(packet, to, faults);
  }

  private mutate(packet: Sent, to: VirtualNode): void {
    this.tally.mutations += 1;
    const before = to.sessions;
    const { outcome } = to.receive(damaged(packet.bytes, this.random), this.nowMs);
    if (to.sessions !== before || outcome !== 'refused')
      this.tally.violations.push('a damaged packet was let in');
  }

  private replay(packet: Sent, to: VirtualNode, faults: boolean): void {
    if (!packet.deliveredTo.has(to.life)) {
      // What the network lost or still carries is no replay but a first delivery: it may only make known what is newer.
      this.deliver({ packet, to, dueMs: this.nowMs }, faults);
      return;
    }
    this.tally.replays += 1;
    const before = this.nodes.map(({ name }) => to.session(name));
    const { answer } = to.receive(packet.bytes, this.nowMs);
    const after = this.nodes.map(({ name }) => to.session(name));
    if (after.some((session, index) => session !== before[index])) {
      this.tally.violations.push(`a replay of ${packet.from.name} changed what ${to.name} knows`);
    }
    if (answer) this.send(to, faults);
  }
}
