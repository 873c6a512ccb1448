import type { WeightReading } from '@piranha/protocol';
import type { CheckComplaint } from '../check.js';

/** One finished check, with the loop's state after it. */
export interface CheckReport {
  readonly ok: boolean;
  readonly reason: string;
  readonly durationMs: number;
  readonly up: boolean;
  /** How much later than due it began, and how long after the one before; unknown of a first check. */
  readonly lateMs?: number | undefined;
  readonly intervalMs?: number | undefined;
}

/** Where a nanny's findings go: to lvsd, or to a person. */
export interface Reporter {
  log(line: CheckComplaint): void;
  result(report: CheckReport): void;
  transition(up: boolean, reason: string): void;
  /** What the server says of itself, for its weight. */
  reading(reading: WeightReading): void;
}
