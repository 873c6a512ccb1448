import { monotonicNowMs } from '@piranha/common';
import type { CancelSignal } from '../../check.js';
import { type GatePolicy, ProbeGate } from '../../core/probe-gate.js';

/** A queue before a gate, and the timer that comes back to it. */
export class GateKeeper {
  private readonly gate: ProbeGate<() => void>;
  private timer: NodeJS.Timeout | undefined;
  /** How many had to wait since the start. */
  heldBack = 0;

  constructor(policy: GatePolicy) {
    this.gate = new ProbeGate(policy, monotonicNowMs());
  }

  get waiting(): number {
    return this.gate.waiting;
  }

  /** Another policy from now on, for those that wait too. */
  change(policy: GatePolicy): void {
    this.gate.change(policy, monotonicNowMs());
    clearTimeout(this.timer);
    this.timer = undefined;
    this.admit();
  }

  /** True: go on at once. Otherwise a promise of true when it is this probe's turn, or of false when it was cancelled. */
  enter(signal: CancelSignal, weight = 1): true | Promise<boolean> {
    return this.gate.pass(monotonicNowMs(), weight) || this.wait(signal, weight);
  }

  leave(weight = 1): void {
    this.gate.finished(weight);
    if (this.gate.waiting > 0) this.admit();
  }

  private wait(signal: CancelSignal, weight: number): Promise<boolean> {
    this.heldBack += 1;
    return new Promise((resolve) => {
      const begin = () => {
        signal.removeEventListener('abort', cancel);
        resolve(true);
      };
      const cancel = () => {
        this.gate.cancel(begin);
        signal.removeEventListener('abort', cancel);
        resolve(false);
      };
      this.gate.wait(begin, weight);
      signal.addEventListener('abort', cancel);
      this.comeBack();
    });
  }

  private admit(): void {
    for (const begin of this.gate.admit(monotonicNowMs())) begin();
    this.comeBack();
  }

  private comeBack(): void {
    const atMs = this.gate.nextAdmitMs();
    if (atMs === undefined || this.timer !== undefined) return;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.admit();
      },
      Math.max(1, atMs - monotonicNowMs()),
    );
  }
}
