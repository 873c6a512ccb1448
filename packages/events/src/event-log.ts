import type { HistoryEntry } from '@piranha/protocol';
import type { EventId } from './core/catalogue.js';
import type { EventFields } from './core/event.js';

/** Where a daemon's lines go. */
export interface EventLogOptions {
  /** Ident of the daemon itself; events of another ident keep theirs. */
  readonly ident: string;
  /** `-n`: lines to stdout as `IDENT: text`; otherwise to /dev/log, facility daemon. */
  readonly foreground: boolean;
  /** Also appends to `<ident>.log` there. */
  readonly logDirectory?: string;
  /** One JSON object a line instead of text. */
  readonly json?: boolean;
  /** Debug events too. */
  readonly verbose?: boolean;
}

/** A daemon's log: one decision, one line, and the recent ones kept for status. */
export interface EventLog {
  log(id: EventId, fields?: EventFields, pid?: number): void;
  /** The last events above debug, oldest first, at most 50. */
  history(): readonly HistoryEntry[];
  /** How often each event above debug came since the log was opened, those without a line of their own too. */
  counts?(): Readonly<Record<string, number>>;
  /** Waits until everything is written. */
  close(): Promise<void>;
}
