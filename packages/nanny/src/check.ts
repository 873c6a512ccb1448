import { addressFamily } from '@piranha/common';
import { type EventFields, type EventId, eventRecord } from '@piranha/events/catalogue';

/** The real service that a check looks at. */
export interface CheckTarget {
  /** IPv4 or IPv6 address. */
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
  /** Called when the check really begins, where it had to wait for its turn. */
  readonly onBegin?: () => void;
}

/**
 * A way to find out whether a real service works. A check never throws for what the network or a program does:
 * that is an outcome. It ends within the limits that it was made with and leaves no socket, timer or process.
 */
export interface Check {
  run(context: CheckContext): Promise<CheckOutcome>;
}

/** IP:PORT of a real server or a service as it stands in log lines; an IPv6 address stands in brackets. */
export function serverName({ address, port }: CheckTarget): string {
  return addressFamily(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
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
