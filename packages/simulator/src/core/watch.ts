import { type Bounds, CLOCK_SHARE } from './bounds.js';
import type { GroupOfNode } from './group-of-node.js';
import type { NodeName } from './names.js';
import type { HeartbeatNetwork } from './network.js';

/** A promise that was broken. */
export interface Violation {
  readonly atMs: number;
  readonly promise: string;
  readonly text: string;
}

/** What is looked at. */
export interface Watched {
  readonly nodes: readonly GroupOfNode[];
  readonly network: HeartbeatNetwork;
  /** Who told the network last that it has the addresses. */
  readonly announced: () => GroupOfNode | undefined;
}

/** What must come of something that happens to a calm pair, if nothing else happens meanwhile. */
export interface Expectation {
  /** In words, for a broken promise. */
  readonly promise: string;
  readonly untilMs: number;
  /** Somebody serves all the time. */
  readonly served: boolean;
  /** Who serves alone at the end; undefined: any one. */
  readonly holder: GroupOfNode | undefined;
  /** How often the addresses may have been taken in all, where nobody may take them any more. */
  readonly unmoved?: number;
  /** Whose daemons run at the end. */
  readonly runs?: GroupOfNode;
}

/** How long two directors have held the addresses both, ms, by what each of them can know. */
interface Two {
  readonly both: readonly [GroupOfNode, GroupOfNode];
  heardMs: number;
  /** Packets between them that had got lost whole when `heardMs` began. */
  lostBefore: number;
  /** What a slow machine may take longer that was slow since they both hold. */
  slownessMs: number;
  unattendedMs: number;
  releasingMs: number;
  unwitnessedMs: number;
}

/** Checks the promises while time passes. */
export class Watch {
  violation: Violation | undefined;
  private nowMs = 0;
  /** For each two directors. */
  private readonly twos: readonly Two[];
  private nobodySinceMs = 0;
  private served = false;
  private readonly healthySinceMs = new Map<GroupOfNode, number>();
  private readonly tornMs = new Map<GroupOfNode, number>();
  /** For how long a node has reached no witness and not heard every other one. */
  private readonly blindMs = new Map<GroupOfNode, number>();
  private expectation: Expectation | undefined;

  constructor(
    private readonly watched: Watched,
    private readonly bounds: Bounds,
  ) {
    this.twos = watched.nodes.flatMap((one, index) =>
      watched.nodes.slice(index + 1).map((other) => ({
        both: [one, other] as const,
        heardMs: 0,
        lostBefore: 0,
        slownessMs: 0,
        unattendedMs: 0,
        releasingMs: 0,
        unwitnessedMs: 0,
      })),
    );
  }

  /** Something happens that must go as it should. */
  expect(expectation: Expectation): void {
    this.expectation = expectation;
  }

  /** Something happens: what was expected is void. What is promised of every moment goes on. */
  faultHappens(): void {
    this.expectation = undefined;
    for (const two of this.twos) two.unwitnessedMs = 0;
  }

  /** Time passes in which nothing changes. */
  pass(passedMs: number): void {
    const holders = this.watched.nodes.filter(isHolder);
    this.served = this.watched.nodes.some((node) => this.serves(node));
    this.nowMs += passedMs;
    for (const two of this.twos) {
      const isHeld = two.both.every((node) => holders.includes(node));
      this.watchTwo(two, isHeld, passedMs);
      this.watchUnwitnessed(two, isHeld, passedMs);
    }
    this.watchNobody(passedMs);
    this.watchTorn(passedMs);
    if (this.bounds.twoUnwitnessedMs !== Infinity) this.watchBlind(passedMs);
    this.watchOrders();
    this.watchExpectation();
  }

  /** After a calm time: exactly one holder, which serves. */
  requireOneHolder(): GroupOfNode | undefined {
    const holders = this.watched.nodes.filter(isHolder);
    const [holder] = holders;
    if (holders.length !== 1 || holder === undefined || !this.serves(holder)) {
      this.broken('one holder after healing', holdersText(holders));
      return undefined;
    }
    return holder;
  }

  /** Notes the first promise that is broken. */
  broken(promise: string, text: string): void {
    this.violation ??= { atMs: Math.round(this.nowMs), promise, text };
  }

  private serves(node: GroupOfNode): boolean {
    return node.vips.every((vip) => node.node.answersFor(vip)) && this.watched.announced() === node;
  }

  private watchTwo(two: Two, isHeld: boolean, passedMs: number): void {
    const [one, other] = two.both;
    const isOrdered = this.watchOrdersMeet(two, isHeld, passedMs);
    const meet = isHeld && !isOrdered && this.hearEachOther(one.role, other.role);
    const attentive = meet && one.node.isServiceable && other.node.isServiceable;
    const watched =
      meet && two.both.every(({ node }) => node.guardian?.isFrozen === false && !node.hangsAtStart);
    two.heardMs = attentive ? two.heardMs + passedMs : 0;
    two.unattendedMs = watched ? two.unattendedMs + passedMs : 0;
    two.slownessMs = Math.max(isHeld ? two.slownessMs : 0, this.slownessMs());
    const slackMs = this.watched.network.noise.jitterMs + two.slownessMs + this.lostMs(two);
    if (two.heardMs > this.bounds.twoHoldersMs + slackMs) {
      this.broken('never two holders that hear each other', `for ${Math.round(two.heardMs)} ms`);
    }
    if (two.unattendedMs > this.bounds.twoUnattendedMs + slackMs) {
      this.broken('never two holders for long', `for ${Math.round(two.unattendedMs)} ms`);
    }
  }

  /**
   * Both were ordered to hand over at once, and the words of one were lost meanwhile: both say "stopped" and serve on,
   * until the first of them has waited long enough. @returns whether that is so now
   */
  private watchOrdersMeet(two: Two, isHeld: boolean, passedMs: number): boolean {
    const states = two.both.map(({ state }) => state);
    const isOrdered =
      isHeld &&
      states.every((state) => state?.duty === 'releasing') &&
      states.some((state) => state?.intent === 'maintenance' || state?.intent === 'handover');
    two.releasingMs = isOrdered ? two.releasingMs + passedMs : 0;
    if (two.releasingMs > this.bounds.twoReleasingMs + this.slownessMs()) {
      this.broken('never two that hand over to each other', `for ${Math.round(two.releasingMs)} ms`);
    }
    return isOrdered;
  }

  /** Each packet that got lost on all paths is one that has to be waited for again, ms. */
  private lostMs(two: Two): number {
    const { network } = this.watched;
    const [{ role, settings }, other] = two.both;
    const lost = network.lostSends(role, other.role) + network.lostSends(other.role, role);
    if (two.heardMs === 0 && two.unattendedMs === 0) two.lostBefore = lost;
    return (lost - two.lostBefore) * settings.keepaliveMs * CLOCK_SHARE;
  }

  /** Under `require`: who neither hears the partner nor reaches the witness lets go. */
  private watchUnwitnessed(two: Two, isHeld: boolean, passedMs: number): void {
    const { network } = this.watched;
    const [one, other] = two.both;
    const isParted =
      isHeld &&
      !network.carries(one.role, other.role) &&
      !network.carries(other.role, one.role) &&
      !(one.node.reachesWitness && other.node.reachesWitness);
    const counts = isParted && one.node.isAttentive && other.node.isAttentive;
    two.unwitnessedMs = counts ? two.unwitnessedMs + passedMs : 0;
    const boundMs = this.bounds.twoUnwitnessedMs + network.noise.jitterMs + this.slownessMs();
    if (two.unwitnessedMs > boundMs) {
      const forMs = Math.round(two.unwitnessedMs);
      this.broken('never two holders without a witness for both', `for ${forMs} ms`);
    }
  }

  /** What slow machines may take longer. */
  slownessMs(): number {
    return Math.max(...this.watched.nodes.map(({ node }) => node.slownessMs));
  }

  private watchNobody(passedMs: number): void {
    if (this.served) this.nobodySinceMs = this.nowMs;
    const isDisputed = this.watched.nodes.some(isHolder);
    for (const node of this.watched.nodes) {
      if (!this.isHealthy(node)) this.healthySinceMs.set(node, this.nowMs);
      const sinceMs = Math.max(this.nobodySinceMs, this.healthySinceMs.get(node) ?? 0);
      const boundMs = isDisputed ? this.bounds.nobodyDisputedMs : this.bounds.nobodyMs;
      const slackMs = this.watched.network.noise.jitterMs + (isDisputed ? this.slownessMs() : 0);
      if (this.nowMs - sinceMs > boundMs + slackMs + passedMs) {
        const forMs = Math.round(this.nowMs - sinceMs);
        this.broken('never nobody while a healthy node can serve', `${node.role} could for ${forMs} ms`);
      }
    }
  }

  /** Under `require`, whatever others say: one that is not heard may have taken them. */
  private watchBlind(passedMs: number): void {
    const { network } = this.watched;
    for (const node of this.watched.nodes) {
      const isBlind =
        !node.node.reachesWitness && node.others.some((name) => !network.carries(name, node.role));
      const blindMs = isBlind && node.node.isServiceable ? (this.blindMs.get(node) ?? 0) + passedMs : 0;
      this.blindMs.set(node, blindMs);
      const boundMs = this.bounds.oneWayMs + network.noise.jitterMs + this.slownessMs();
      if (blindMs > boundMs && node.state?.duty === 'taking') {
        const forMs = Math.round(blindMs);
        this.broken(
          'nobody takes without a witness while another one is silent',
          `${node.role}, after ${forMs} ms`,
        );
      }
    }
  }

  private watchTorn(passedMs: number): void {
    for (const node of this.watched.nodes) {
      const count = node.addressCount;
      const torn = count > 0 && count < node.vips.length && node.node.isServiceable;
      const tornMs = torn ? (this.tornMs.get(node) ?? 0) + passedMs : 0;
      this.tornMs.set(node, tornMs);
      if (tornMs > this.bounds.tornMs + node.node.slownessMs) {
        this.broken('a group of addresses is never torn', `${node.role} has ${count} for ${tornMs} ms`);
      }
    }
  }

  private watchOrders(): void {
    for (const { role, state, node } of this.watched.nodes) {
      const duty = state?.duty;
      if (node.operator.believesOut && (duty === 'taking' || duty === 'active')) {
        this.broken('a node in maintenance standby takes nothing', `${role} is ${duty}`);
      }
    }
  }

  private watchExpectation(): void {
    const { expectation } = this;
    if (expectation === undefined) return;
    const { promise, served, holder, runs, untilMs, unmoved } = expectation;
    const takeovers = this.watched.nodes.reduce((sum, node) => sum + node.takeovers, 0);
    if (unmoved !== undefined && takeovers > unmoved)
      this.broken(promise, 'the addresses are taken once more');
    if (served && !this.served) this.broken(promise, 'nobody serves');
    if (this.nowMs < untilMs) return;
    this.expectation = undefined;
    const holders = this.watched.nodes.filter(isHolder);
    const [one] = holders;
    const isRight = holders.length === 1 && one !== undefined && this.serves(one);
    if (runs?.node.isAttentive === false) this.broken(promise, `${runs.role}'s does not run`);
    if (!isRight || (holder !== undefined && holder !== one)) this.broken(promise, holdersText(holders));
  }

  private isHealthy({ node }: GroupOfNode): boolean {
    const isWitnessed = this.bounds.twoUnwitnessedMs === Infinity || node.reachesWitness;
    const isFree = node.order === undefined;
    return node.isServiceable && node.linkUp && node.slownessMs === 0 && isWitnessed && isFree;
  }

  private hearEachOther(one: NodeName, other: NodeName): boolean {
    const { network } = this.watched;
    return network.carries(one, other) && network.carries(other, one);
  }
}

function isHolder(node: GroupOfNode): boolean {
  return node.vips.some((vip) => node.node.answersFor(vip));
}

function holdersText(holders: readonly GroupOfNode[]): string {
  return holders.length === 0 ? 'nobody holds' : `held by ${holders.map(({ role }) => role).join(' and ')}`;
}
