import { errorText } from '@piranha/common';
import type { ControlClient, VipAnswer } from '@piranha/protocol';

const RETRY_MS = 100;
const CALL_LIMIT_MS = 5_000;
/** A problem is told only when it lasts: at a start the director needs a moment. */
const TELL_AFTER_ATTEMPTS = 10;

interface Waiter {
  readonly version: number;
  readonly resolve: (reached: boolean) => void;
}

/**
 * VIPs of the userspace director, or of one group of them: a held address is one that ipvsu listens on. One set is
 * wanted at a time; the last call wins.
 */
export class UserspaceAddresses {
  private wanted: readonly string[] = [];
  private version = 0;
  private busy = false;
  private waiters: Waiter[] = [];
  private lastProblem = '';

  constructor(
    private readonly connection: () => ControlClient | undefined,
    private readonly onProblem: (problem: string) => void,
    /** Which addresses it may release: those of other groups are none of its business. */
    private readonly owns: (address: string) => boolean = () => true,
  ) {}

  /**
   * Makes the held set equal to `addresses` and resolves when it is; true when it was reached, false when a later call
   * took over. Retries for as long as the director refuses.
   */
  hold(addresses: readonly string[]): Promise<boolean> {
    this.wanted = addresses;
    this.version += 1;
    const { version } = this;
    return new Promise((resolve) => {
      this.waiters.push({ version, resolve });
      void this.reconcile();
    });
  }

  /** Makes the held set another one; who waits for what was wanted before waits for this now. */
  change(addresses: readonly string[]): void {
    const before = this.version;
    this.wanted = addresses;
    this.version += 1;
    const { version } = this;
    this.waiters = this.waiters.map((waiter) =>
      waiter.version === before ? { ...waiter, version } : waiter,
    );
    void this.reconcile();
  }

  /** To be called when ipvsu is connected again: a new process holds nothing. */
  restore(): void {
    if (this.version > 0) void this.reconcile();
  }

  private async reconcile(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let attempts = 1; ; attempts += 1) {
      const { version } = this;
      const problem = await this.attempt();
      if (attempts >= TELL_AFTER_ATTEMPTS) this.tell(problem);
      if (problem === undefined && version === this.version) break;
      if (problem !== undefined) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    this.busy = false;
    this.lastProblem = '';
    const done = this.waiters;
    this.waiters = [];
    for (const waiter of done) waiter.resolve(waiter.version === this.version);
  }

  private tell(problem: string | undefined): void {
    if (problem !== undefined && problem !== this.lastProblem) this.onProblem(problem);
    this.lastProblem = problem ?? '';
  }

  private async attempt(): Promise<string | undefined> {
    const client = this.connection();
    const { wanted } = this;
    if (client === undefined) return 'the director is not connected';
    try {
      const { held } = (await client.call('vip.list', {}, CALL_LIMIT_MS)) as VipAnswer;
      const surplus = held.filter((address) => !wanted.includes(address) && this.owns(address));
      // Held again even if listed: the listeners of one address may be incomplete.
      const answer = (await client.call('vip.hold', { addresses: wanted }, CALL_LIMIT_MS)) as VipAnswer;
      if (surplus.length > 0) await client.call('vip.release', { addresses: surplus }, CALL_LIMIT_MS);
      return answer.problems[0];
    } catch (error) {
      return errorText(error);
    }
  }
}
