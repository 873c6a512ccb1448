/** How many probes may begin, and how many may be under way. */
export interface GatePolicy {
  readonly probesPerSecond: number;
  /** So many may begin at once after a pause. */
  readonly burst: number;
  /** The weight of those under way together. */
  readonly concurrency: number;
}

/**
 * Lets probes begin in the order in which they asked, within a budget a second and a limit on those under way. A
 * server that swallows its probes may hold up the others, but never the machine. Knows no clock; monotonic ms.
 */
export class ProbeGate<Probe> {
  /** Those that wait, with their weights. */
  private readonly queue = new Map<Probe, number>();
  private tokens: number;
  private filledAtMs: number;
  private underWay = 0;
  private count = 0;

  constructor(
    private policy: GatePolicy,
    nowMs: number,
  ) {
    this.tokens = policy.burst;
    this.filledAtMs = nowMs;
  }

  /** Another policy from now on; what was saved up for a burst is kept as far as the new one lets it. */
  change(policy: GatePolicy, nowMs: number): void {
    this.fill(nowMs);
    this.policy = policy;
    this.tokens = Math.min(policy.burst, this.tokens);
  }

  get running(): number {
    return this.count;
  }

  get waiting(): number {
    return this.queue.size;
  }

  /** True: one more begins now, and is to be reported as finished. False: it is to wait behind the others. */
  pass(nowMs: number, weight = 1): boolean {
    return this.queue.size === 0 && this.take(nowMs, weight);
  }

  /** It waits until `admit` gives it out. */
  wait(probe: Probe, weight = 1): void {
    this.queue.set(probe, weight);
  }

  /** A probe that waits is not wanted any more. */
  cancel(probe: Probe): void {
    this.queue.delete(probe);
  }

  /** @param weight as it was when it asked */
  finished(weight = 1): void {
    this.underWay -= this.limited(weight);
    this.count -= 1;
  }

  /** Those that waited and begin now; each is to be reported as finished. */
  admit(nowMs: number): readonly Probe[] {
    const admitted: Probe[] = [];
    for (const [probe, weight] of this.queue) {
      if (!this.take(nowMs, weight)) break;
      this.queue.delete(probe);
      admitted.push(probe);
    }
    return admitted;
  }

  /** When `admit` may give something out although none finishes; undefined: not before one does. */
  nextAdmitMs(): number | undefined {
    const [weight] = this.queue.values();
    if (weight === undefined || !this.fits(weight)) return undefined;
    return this.filledAtMs + ((1 - this.tokens) * 1_000) / this.policy.probesPerSecond;
  }

  /** What weighs more than all that may be under way goes by itself. */
  private limited(weight: number): number {
    return Math.min(weight, this.policy.concurrency);
  }

  private fits(weight: number): boolean {
    return this.underWay + this.limited(weight) <= this.policy.concurrency;
  }

  private fill(nowMs: number): void {
    const { probesPerSecond, burst } = this.policy;
    const passedMs = Math.max(0, nowMs - this.filledAtMs);
    this.tokens = Math.min(burst, this.tokens + (passedMs * probesPerSecond) / 1_000);
    this.filledAtMs = Math.max(this.filledAtMs, nowMs);
  }

  private take(nowMs: number, weight: number): boolean {
    this.fill(nowMs);
    // A millionth of a probe is lost in the arithmetic of the time that was waited.
    if (!this.fits(weight) || this.tokens < 1 - 1e-6) return false;
    this.tokens = Math.max(0, this.tokens - 1);
    this.underWay += this.limited(weight);
    this.count += 1;
    return true;
  }
}
