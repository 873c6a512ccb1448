import { monotonicNowMs } from '@piranha/common';
import type { CheckTarget } from '../core/check-targets.js';
import {
  firstVerdictSettled,
  type HealthEvent,
  type HealthState,
  initialHealth,
  stepHealth,
} from '../core/health.js';

/** What is believed of every watched server. */
export class HealthBoard {
  private readonly entries = new Map<string, { state: HealthState; timeoutMs: number }>();

  /** @param keepWithoutNannyMs how long a server keeps its state without a nanny */
  constructor(private readonly keepWithoutNannyMs: number) {}

  /** Takes over a new list of servers; those known before keep what is known of them. */
  setTargets(targets: readonly CheckTarget[]): void {
    const wanted = new Map(targets.map((target) => [target.id, target.service.check.timeoutMs]));
    for (const id of this.entries.keys()) if (!wanted.has(id)) this.entries.delete(id);
    for (const [id, timeoutMs] of wanted) {
      const state = this.entries.get(id)?.state ?? initialHealth(monotonicNowMs());
      this.entries.set(id, { state, timeoutMs });
    }
  }

  /** Feeds one event. True when the table may look different now. */
  feed(id: string, event: HealthEvent): boolean {
    const entry = this.entries.get(id);
    if (!entry) return false;
    const policy = { keepWithoutNannyMs: this.keepWithoutNannyMs, timeoutMs: entry.timeoutMs };
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

  /** Servers that are up, of all that are watched. */
  counts(): { readonly up: number; readonly total: number } {
    const all = [...this.entries.values()];
    return { up: all.filter(({ state }) => state.health === 'up').length, total: all.length };
  }

  /** True once no server is waited for any more. */
  get settled(): boolean {
    const nowMs = monotonicNowMs();
    return [...this.entries.values()].every(({ state, timeoutMs }) =>
      firstVerdictSettled(state, timeoutMs, nowMs),
    );
  }
}
