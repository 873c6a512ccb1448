import { monotonicNowMs } from '@piranha/common';
import { type CheckTarget, type WatchTimes, watchTimes } from '../core/check-targets.js';
import {
  firstVerdictSettled,
  type HealthEvent,
  type HealthState,
  initialHealth,
  stepHealth,
} from '../core/health.js';

/** What is believed of every watched server. */
export class HealthBoard {
  private readonly entries = new Map<string, { state: HealthState; times: WatchTimes }>();

  /** @param keepWithoutNannyMs how long a server keeps its state without a nanny */
  constructor(private readonly keepWithoutNannyMs: number) {}

  /**
   * Takes over a new list of servers; those known before keep what is known of them.
   * @param roundMs how long a check may have to wait for its turn
   */
  setTargets(targets: readonly CheckTarget[], roundMs = 0): void {
    const wanted = new Map(targets.map((target) => [target.id, withRound(watchTimes(target), roundMs)]));
    for (const id of this.entries.keys()) if (!wanted.has(id)) this.entries.delete(id);
    for (const [id, times] of wanted) {
      const state = this.entries.get(id)?.state ?? initialHealth(monotonicNowMs());
      this.entries.set(id, { state, times });
    }
  }

  /** Feeds one event. True when the table may look different now. */
  feed(id: string, event: HealthEvent): boolean {
    const entry = this.entries.get(id);
    if (!entry) return false;
    const { timeoutMs, firstResultExtraMs } = entry.times;
    const policy = { keepWithoutNannyMs: this.keepWithoutNannyMs, timeoutMs, firstResultExtraMs };
    const { state, changed } = stepHealth(policy, entry.state, event, monotonicNowMs());
    entry.state = state;
    return changed;
  }

  /** Ids whose state the passing of time has changed. */
  tick(): string[] {
    return [...this.entries.keys()].filter((id) => this.feed(id, { type: 'tick' }));
  }

  has(id: string): boolean {
    return this.entries.has(id);
  }

  get(id: string): HealthState | undefined {
    return this.entries.get(id)?.state;
  }

  get total(): number {
    return this.entries.size;
  }

  get up(): number {
    let count = 0;
    for (const { state } of this.entries.values()) if (state.health === 'up') count += 1;
    return count;
  }

  /** True once no server is waited for any more. */
  get settled(): boolean {
    const nowMs = monotonicNowMs();
    return [...this.entries.keys()].every((id) => this.isSettled(id, nowMs));
  }

  /** True once a server is not waited for any more. */
  isSettled(id: string, nowMs = monotonicNowMs()): boolean {
    const entry = this.entries.get(id);
    if (!entry) return true;
    const { timeoutMs, firstVerdictExtraMs } = entry.times;
    return firstVerdictSettled(entry.state, timeoutMs, nowMs, firstVerdictExtraMs);
  }
}

function withRound(times: WatchTimes, roundMs: number): WatchTimes {
  const { firstVerdictExtraMs, firstResultExtraMs } = times;
  return {
    ...times,
    firstVerdictExtraMs: firstVerdictExtraMs + roundMs,
    firstResultExtraMs: firstResultExtraMs + roundMs,
  };
}
