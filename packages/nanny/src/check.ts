import { type EventFields, type EventId, eventRecord } from '@piranha/events/catalogue';

/** The real service that a check looks at. */
export interface CheckTarget {
  /** Dotted IPv4 address. */
  readonly address: string;
  readonly port: number;
}

/** A line of the log catalogue that explains a failure. */
export interface CheckComplaint {
  readonly event: EventId;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** What one run of a check found. */
export interface CheckOutcome {
  readonly ok: boolean;
  /** What was seen, one line. */
  readonly reason: string;
  /** The log line of a failure; absent when the check passed. */
  readonly complaint?: CheckComplaint;
}

interface CheckContext {
  /** Aborted when nobody wants the answer any more; the check then ends at once, with any outcome. */
  readonly signal: AbortSignal;
}

/**
 * A way to find out whether a real service works. A check never throws for what the network or a program does:
 * that is an outcome. It ends within the limits that it was made with and leaves no socket, timer or process.
 */
export interface Check {
  run(context: CheckContext): Promise<CheckOutcome>;
}

/** IP:PORT as it stands in log lines. */
export function serverName(target: CheckTarget): string {
  return `${target.address}:${target.port}`;
}

/** A check that passed. */
export function passed(reason: string): CheckOutcome {
  return { ok: true, reason };
}

/** A check that failed; the reason is the text of the catalogue's event. */
export function failed(event: EventId, fields: CheckComplaint['fields']): CheckOutcome {
  const record = eventRecord(event, fields as EventFields);
  return { ok: false, reason: record.text, complaint: { event, fields } };
}
