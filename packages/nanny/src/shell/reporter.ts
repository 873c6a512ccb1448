import type { CheckComplaint } from '../check.js';

/** One finished check, with the loop's state after it. */
export interface CheckReport {
  readonly ok: boolean;
  readonly reason: string;
  readonly durationMs: number;
  readonly up: boolean;
}

/** Where a nanny's findings go: to lvsd, or to a person. */
export interface Reporter {
  log(line: CheckComplaint): void;
  result(report: CheckReport): void;
  transition(up: boolean, reason: string): void;
}
