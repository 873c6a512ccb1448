/** What lvsd and a shared nanny, one process that watches many real services, say to each other. */

/** Durations of the last half to whole minute, ms. */
export interface DurationSummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** One real service to be watched: the same four things that a nanny of its own gets at its start. */
export interface Assignment {
  /** Says which assignment is meant, for as long as this lvsd lives: an id may be given anew with other words. */
  readonly number: number;
  readonly id: string;
  /** Command line of a nanny of this service. */
  readonly words: readonly string[];
  readonly state: 'up' | 'down' | 'unknown';
  /** JSON of its check specifications, where it has any. */
  readonly checks?: string | undefined;
}

/** lvsd → nanny event `nanny.assign`; the next one follows when this one is answered. */
export interface AssignOrder {
  readonly batch: number;
  readonly targets: readonly Assignment[];
}

/** lvsd → nanny event `nanny.revoke`. */
export interface RevokeOrder {
  readonly numbers: readonly number[];
}

/** lvsd → nanny event `nanny.budget`. */
export interface BudgetOrder {
  /** Most checks that it may begin in a second; absent = no limit. */
  readonly checksPerSecond?: number | undefined;
}

/** How a shared nanny copes. */
export interface ProbeLoad {
  /** Real services of lvs.cf, and the probes that are enough for them. */
  readonly services: number;
  readonly probes: number;
  /** Checks under way, and those that wait for their turn. */
  readonly running: number;
  readonly waiting: number;
  /** Checks that were begun since the process started. */
  readonly begun: number;
  /** Checks that failed since then; absent from a nanny of before. */
  readonly failed?: number | undefined;
  /** Checks that had to wait for the budget since then; absent from a nanny of before. */
  readonly heldBack?: number | undefined;
  /** How much later than due checks began; from begin to begin of one probe. */
  readonly lateness?: DurationSummary | undefined;
  readonly interval?: DurationSummary | undefined;
}

/** Events shared nanny → lvsd, beside `nanny.hello`, `nanny.alive` and `nanny.log` in its own name. */
export interface SharedNannyEvents {
  'nanny.assigned': {
    readonly id: string;
    readonly batch: number;
    /** Assignments that make no sense to it. */
    readonly refused: readonly { readonly number: number; readonly problem: string }[];
  };
  /** Events as a nanny of its own would send them, each with the number of its assignment. */
  'nanny.batch': {
    readonly id: string;
    readonly messages: readonly (readonly [number: number, event: string, data: unknown])[];
  };
  /** From begin to begin of the last two checks of each assignment, ms. */
  'nanny.intervals': {
    readonly id: string;
    readonly intervals: readonly (readonly [number: number, intervalMs: number])[];
  };
  'nanny.load': ProbeLoad & { readonly id: string };
}
