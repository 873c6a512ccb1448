import { errorText, monotonicNowMs } from '@piranha/common';
import { CANCELLED, type Check, type CheckContext, type CheckOutcome, failed } from '../../check.js';
import type { GateKeeper } from './gate-keeper.js';
import type { ProbeFigures } from './probe-figures.js';

/** A gate, and what the check weighs at it. */
export interface PartGate {
  readonly keeper: GateKeeper;
  readonly weight: number;
}

/** The check of one probe, which begins when it may and is measured. */
export class GatedCheck implements Check {
  private dueMs: number | undefined;
  private lastBegunMs: number | undefined;

  constructor(
    private readonly check: Check,
    private readonly server: string,
    private readonly gates: readonly PartGate[],
    private readonly figures: ProbeFigures,
  ) {}

  /** The next run is to begin then. */
  due(atMs: number): void {
    this.dueMs = atMs;
  }

  async run(context: CheckContext): Promise<CheckOutcome> {
    const { gates, figures } = this;
    let entered = 0;
    try {
      for (const { keeper, weight } of gates) {
        const entry = keeper.enter(context.signal, weight);
        if (entry !== true && !(await entry)) return CANCELLED;
        entered += 1;
      }
      this.begin();
      context.onBegin?.();
      const outcome = await this.check.run(context);
      if (!outcome.ok && !outcome.undecided && !context.signal.aborted) figures.failed += 1;
      return outcome;
    } catch (error) {
      figures.failed += 1;
      return crashed(this.server, error);
    } finally {
      if (entered === gates.length) figures.running -= 1;
      for (const { keeper, weight } of gates.slice(0, entered)) keeper.leave(weight);
    }
  }

  private begin(): void {
    const { figures, dueMs, lastBegunMs } = this;
    const nowMs = monotonicNowMs();
    figures.begun += 1;
    figures.running += 1;
    if (dueMs !== undefined) figures.lateness.record(Math.max(0, nowMs - dueMs), nowMs);
    if (lastBegunMs !== undefined) figures.interval.record(nowMs - lastBegunMs, nowMs);
    this.dueMs = undefined;
    this.lastBegunMs = nowMs;
  }
}

/** A nanny of its own dies of such an error; here thousands would die with it. Its server is down all the same. */
function crashed(server: string, error: unknown): CheckOutcome {
  return failed('NANNY_CHECK_CRASHED', { server, error: errorText(error) });
}
