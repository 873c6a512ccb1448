/** How many probes may begin, and how many may be under way. */
export interface GatePolicy {
  readonly probesPerSecond: number;
  /** So many may begin at once after a pause. */
  readonly burst: number;
  readonly concurrency: number;
}

/**
 * Lets probes begin in the order in which they asked, within a budget a second and a limit on those under way. A
 * server that swallows its probes may hold up the others, but never the machine. Knows no clock; monotonic ms.
 */
export class ProbeGate<Probe> {
  private readonly queue = new Set<Probe>();
  private tokens: number;
  private filledAtMs: number;
  private underWay = 0;

  constructor(
    private readonly policy: GatePolicy,
    nowMs: number,
  ) {
    this.tokens = policy.burst;
    this.filledAtMs = nowMs;
  }

  get running(): number {
    return this.underWay;
  }

  get waiting(): number {
    return this.queue.size;
  }

  /** True: it begins now, and is to be reported as finished. False: it waits until `admit` gives it out. */
  request(probe: Probe, nowMs: number): boolean {
    if (this.queue.size === 0 && this.take(nowMs)) return true;
    this.queue.add(probe);
    return false;
  }

  /** A probe that waits is not wanted any more. */
  cancel(probe: Probe): void {
    this.queue.delete(probe);
  }

  finished(): void {
    this.underWay -= 1;
  }

  /** Those that waited and begin now; each is to be reported as finished. */
  admit(nowMs: number): readonly Probe[] {
    const admitted: Probe[] = [];
    for (const probe of this.queue) {
      if (!this.take(nowMs)) break;
      this.queue.delete(probe);
      admitted.push(probe);
    }
    return admitted;
  }

  /** When `admit` may give something out although none finishes; undefined: not before one does. */
  nextAdmitMs(): number | undefined {
    if (this.queue.size === 0 || this.underWay >= this.policy.concurrency) return undefined;
    return this.filledAtMs + ((1 - this.tokens) * 1_000) / this.policy.probesPerSecond;
  }

  private take(nowMs: number): boolean {
    const { probesPerSecond, burst, concurrency } = this.policy;
    const passedMs = Math.max(0, nowMs - this.filledAtMs);
    this.tokens = Math.min(burst, this.tokens + (passedMs * probesPerSecond) / 1_000);
    this.filledAtMs = Math.max(this.filledAtMs, nowMs);
    // A millionth of a probe is lost in the arithmetic of the time that was waited.
    if (this.underWay >= concurrency || this.tokens < 1 - 1e-6) return false;
    this.tokens = Math.max(0, this.tokens - 1);
    this.underWay += 1;
    return true;
  }
}
