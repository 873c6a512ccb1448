import type { Facts } from './facts.js';

/** `error`: clients are not served, or will not be after a failover. `warning`: it may bite. */
type Severity = 'error' | 'warning';

/** What was seen of a trap, and what helps. */
export interface Evidence {
  readonly severity: Severity;
  readonly evidence: string;
  readonly remedy: string;
}

/** A trap that was found. */
export interface Finding extends Evidence {
  readonly code: string;
  readonly title: string;
}

/** One of the ways in which a director fails although its lvs.cf is right. */
export interface Trap {
  /** Stable, for scripts. */
  readonly code: string;
  readonly title: string;
  /** Why no scenario of the lab sets it; then recorded facts in this package's tests show that it is found. */
  readonly notInLab?: string;
  readonly look: (facts: Facts) => readonly Evidence[];
}

export const error = (evidence: string, remedy: string): Evidence => ({
  severity: 'error',
  evidence,
  remedy,
});
export const warning = (evidence: string, remedy: string): Evidence => ({
  severity: 'warning',
  evidence,
  remedy,
});
