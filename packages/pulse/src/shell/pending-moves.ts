import { monotonicNowMs } from '@piranha/common';
import type { HandoverAnswer } from '@piranha/protocol';

interface Pending {
  readonly startedAtMs: number;
  readonly resolve: (answer: HandoverAnswer) => void;
}

/** Those who asked for a move and wait for its end. */
export class PendingMoves {
  private pending: Pending[] = [];

  /** Resolves with the next answer; `begin` starts the move and may answer at once. */
  wait(begin: () => void): Promise<HandoverAnswer> {
    return new Promise((resolve) => {
      this.pending.push({ startedAtMs: monotonicNowMs(), resolve });
      begin();
    });
  }

  /** Answers all of them; the duration is that until now. @param cost what the move cuts, where that is known */
  async answer(
    { ok, text, code }: Pick<HandoverAnswer, 'ok' | 'text' | 'code'>,
    cost: Promise<string | undefined>,
  ): Promise<void> {
    const nowMs = monotonicNowMs();
    const answered = this.pending;
    this.pending = [];
    const told = ok ? await cost : undefined;
    for (const { startedAtMs, resolve } of answered) {
      const whole = told === undefined ? text : `${text}; ${told}`;
      const durationMs = Math.round(nowMs - startedAtMs);
      resolve({ ok, text: whole, durationMs, ...(code === undefined ? {} : { code }) });
    }
  }
}
