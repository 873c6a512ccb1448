import type { ServiceEntry } from '../core/entries.js';

/** The open door of one service on its VIP and port. */
export interface ServiceListener {
  readonly service: ServiceEntry;
  /** Leaves without a loss for the other holder of the port, then closes. True when it ran dry in time. */
  drain(): Promise<boolean>;
  /** Closes at once; what waits for accept is reset. */
  close(): void;
}

/** Longest drain, ms. */
export const DRAIN_LIMIT_MS = 500;
