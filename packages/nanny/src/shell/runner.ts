import { monotonicNowMs } from '@piranha/common';
import type { Check } from '../check.js';
import {
  initialLoop,
  type LoopEffect,
  type LoopEvent,
  type LoopPolicy,
  type LoopState,
  stepLoop,
  type Verdict,
} from '../core/check-loop.js';
import type { Reporter } from './reporter.js';

/** Runs the loop: carries its effects out and brings it the results, the timer and the signals. */
export class NannyRunner {
  private state: LoopState;
  private timer: NodeJS.Timeout | undefined;
  private running: AbortController | undefined;
  private ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly policy: LoopPolicy,
    private readonly check: Check,
    private readonly reporter: Reporter,
    known: Verdict,
  ) {
    this.state = initialLoop(policy, known);
  }

  /** Takes an event; the first one is `start`. */
  handle(event: LoopEvent): void {
    const { state, effects } = stepLoop(this.policy, this.state, event, monotonicNowMs());
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
  }

  /** Ends the timer and a running check, and waits until the check has cleaned up. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.running?.abort();
    await this.ended;
  }

  private carryOut(effect: LoopEffect): void {
    switch (effect.type) {
      case 'check':
        this.begin(effect.checkNumber);
        return;
      case 'cancel':
        this.running?.abort();
        return;
      case 'wake':
        clearTimeout(this.timer);
        this.timer = setTimeout(
          () => this.handle({ type: 'timer' }),
          Math.max(0, effect.atMs - monotonicNowMs()),
        );
        return;
      case 'log':
        this.reporter.log(effect.complaint);
        return;
      case 'result':
        this.tell(effect);
        return;
      case 'transition':
        this.reporter.transition(effect.up, effect.reason);
    }
  }

  private begin(checkNumber: number): void {
    const running = new AbortController();
    this.running = running;
    const startedMs = monotonicNowMs();
    // A check that rejects is a bug: the process dies of the unhandled rejection and lvsd starts another.
    this.ended = this.check.run({ signal: running.signal }).then((outcome) => {
      if (running.signal.aborted) return;
      this.handle({ type: 'checked', checkNumber, outcome, durationMs: monotonicNowMs() - startedMs });
    });
  }

  private tell(effect: Extract<LoopEffect, { type: 'result' }>): void {
    const { ok, reason, up } = effect;
    const durationMs = Math.round(effect.durationMs * 100) / 100;
    this.reporter.result({ ok, reason, durationMs, up });
    const count = this.state.goodChecks;
    const fields = { available: ok ? 1 : 0, active: up ? 1 : 0, count, reason, durationMs };
    this.reporter.log({ event: 'NANNY_CHECKED', fields });
  }
}
