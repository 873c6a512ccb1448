import { endpointText } from '@piranha/common';
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
  /** Where `ok` is false: this machine could not make the check, and nothing is known of the server. */
  readonly undecided?: true;
  /** The reason without what differs each time, such as an age; absent where nothing does. */
  readonly topic?: string;
  /** The weight that the check itself asks for, 0 to 253, as keepalived's misc_dynamic; absent where checks ask for none. */
  readonly weight?: number | 'configured';
  /** Lines to log whatever the verdict is, such as of a certificate that ends soon. */
  readonly notices?: readonly CheckComplaint[];
  /** Digests of the page, for who asked for them. */
  readonly digests?: PageDigests;
}

/** In hexadecimal digits. */
interface PageDigests {
  readonly md5: string;
  readonly sha256: string;
}

/** Told what goes over the wire: for a person who probes by hand. */
export type Trace = (direction: 'sent' | 'received' | 'note', bytes: Uint8Array | string) => void;

/** Tells that nobody wants the answer any more. An AbortSignal is one. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface CheckContext {
  /** Aborted when nobody wants the answer any more; the check then ends at once, with any outcome. */
  readonly signal: CancelSignal;
  readonly trace?: Trace;
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
export function serverName(target: CheckTarget): string {
  return endpointText(target);
}

/** Of a check that nobody wants any more. */
export const CANCELLED: CheckOutcome = { ok: false, reason: 'cancelled' };

/** A check that passed. */
export function passed(reason: string): CheckOutcome {
  return { ok: true, reason };
}

/** A check that failed; the reason is the text of the catalogue's event. */
export function failed(event: EventId, fields: CheckComplaint['fields']): CheckOutcome {
  const record = eventRecord(event, fields as EventFields);
  return { ok: false, reason: record.text, complaint: { event, fields } };
}

/** True where the code of an error says that no more files can be opened. */
export function lacksDescriptors(code: string | undefined): boolean {
  return code === 'EMFILE' || code === 'ENFILE';
}

/** A check for which this machine had no descriptor: the server is not to blame. */
export function unmade(target: CheckTarget, error: string): CheckOutcome {
  return { ...failed('NANNY_NO_DESCRIPTORS', { server: serverName(target), error }), undecided: true };
}
