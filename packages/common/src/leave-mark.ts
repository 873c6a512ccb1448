import { monotonicNowMs } from './clock.js';
import { patient } from './patience.js';

const VALID_MS = patient(10_000);

/**
 * The wish that the coming stop leaves everything as it is, for a successor. It does not outlive the stop that it was
 * meant for: whoever asked may have died before it came.
 */
export class LeaveMark {
  private untilMs = Number.NEGATIVE_INFINITY;

  /** Wishes so from now on, for 10 s. @param nowMs monotonic, ms */
  set(nowMs = monotonicNowMs()): void {
    this.untilMs = nowMs + VALID_MS;
  }

  /** Whether the wish holds. @param nowMs monotonic, ms */
  isSet(nowMs = monotonicNowMs()): boolean {
    return nowMs < this.untilMs;
  }
}
