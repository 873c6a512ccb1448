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
import { CheckTiming } from '../core/check-timing.js';
import { Cancellation } from './cancellation.js';
import type { Reporter } from './reporter.js';
import { timerWakeUp, type WakeUp } from './wake-up.js';

/** Runs the loop: carries its effects out and brings it the results, the timer and the signals. */
export class NannyRunner {
  private state: LoopState;
  /** Ends the check under way. Of the next one too unless it was used: a new one each time is costly to collect. */
  private cancelling = new Cancellation();
  private ended: Promise<void> = Promise.resolve();
  /** Of the check under way, or the last one. */
  private readonly timing = new CheckTiming();

  constructor(
    private readonly policy: LoopPolicy,
    private readonly check: Check,
    private readonly reporter: Reporter,
    known: Verdict,
    private readonly wakeUp: WakeUp = timerWakeUp(),
  ) {
    this.state = initialLoop(policy, known);
  }

  get isUp(): boolean {
    return this.state.verdict === 'up';
  }

  private readonly onTimer = () => this.handle({ type: 'timer' });

  /** Takes an event; the first one is `start`. */
  handle(event: LoopEvent): void {
    const { state, effects } = stepLoop(this.policy, this.state, event, monotonicNowMs());
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
  }

  /** Ends the timer and a running check, and waits until the check has cleaned up. */
  async stop(): Promise<void> {
    this.wakeUp.clear();
    this.cancelling.abort();
    await this.ended;
  }

  private carryOut(effect: LoopEffect): void {
    switch (effect.type) {
      case 'check':
        this.begin(effect.checkNumber);
        return;
      case 'cancel':
        this.cancelling.abort();
        return;
      case 'wake':
        this.timing.due(effect.atMs);
        this.wakeUp.set(effect.atMs, this.onTimer);
        return;
      case 'log':
        this.reporter.log(effect.complaint);
        return;
      case 'result':
        this.tell(effect);
        return;
      case 'weight':
        this.reporter.reading({ kind: 'check', weight: effect.weight });
        return;
      case 'transition':
        this.reporter.transition(effect.up, effect.reason);
    }
  }

  private begin(checkNumber: number): void {
    if (this.cancelling.aborted) this.cancelling = new Cancellation();
    const signal = this.cancelling;
    let startedMs = monotonicNowMs();
    const onBegin = () => {
      startedMs = monotonicNowMs();
    };
    this.timing.begin(startedMs);
    // A check that rejects is a bug: the process dies of the unhandled rejection and lvsd starts another.
    this.ended = this.check.run({ signal, onBegin }).then((outcome) => {
      if (signal.aborted) return;
      this.handle({ type: 'checked', checkNumber, outcome, durationMs: monotonicNowMs() - startedMs });
    });
  }

  private tell(effect: Extract<LoopEffect, { type: 'result' }>): void {
    const { ok, reason, up } = effect;
    const durationMs = Math.round(effect.durationMs * 100) / 100;
    this.reporter.result({ ok, reason, durationMs, up, ...this.timing.taken });
    const count = this.state.goodChecks;
    const fields = { available: ok ? 1 : 0, active: up ? 1 : 0, count, reason, durationMs };
    this.reporter.log({ event: 'NANNY_CHECKED', fields });
  }
}
