/** The kernel's connection table, as far as status tells of it. */

/** One connection. */
export interface ConnectionEntry {
  /** TCP, UDP, SCTP and so on. */
  readonly protocol: string;
  /** Such as ESTABLISHED; NONE for the template of a persistent client. */
  readonly state: string;
  /** Until the kernel forgets it, seconds. Its age is not kept. */
  readonly expiresSeconds: number;
  /** SYNC: learned from the partner. LOCAL: made here. Undefined where the file does not say. */
  readonly origin: 'SYNC' | 'LOCAL' | undefined;
}

const PROTOCOLS = new Set(['TCP', 'UDP', 'SCTP', 'IP', 'AH', 'ESP']);
const STATE = /^[A-Z0-9_?!]{1,16}$/;

/**
 * One line of /proc/net/ip_vs_conn or /proc/net/ip_vs_conn_sync: protocol, client, port, virtual, port, real, port,
 * state, in the second file the origin, seconds, and for some services more. Undefined for the heading and for
 * anything else.
 */
export function parseConnection(line: string): ConnectionEntry | undefined {
  const [protocol = '', , , , , , , state = '', ninth = '', tenth = ''] = line.trim().split(/\s+/, 10);
  if (!PROTOCOLS.has(protocol) || !STATE.test(state)) return undefined;
  const origin = ninth === 'SYNC' || ninth === 'LOCAL' ? ninth : undefined;
  const seconds = origin === undefined ? ninth : tenth;
  if (!/^\d{1,10}$/.test(seconds)) return undefined;
  return { protocol, state, expiresSeconds: Number(seconds), origin };
}

/** Counts of a connection table. */
export interface ConnectionCounts {
  readonly total: number;
  /** Learned from the partner. */
  readonly synced: number;
  readonly byState: Readonly<Record<string, number>>;
}

/** Counts connections one by one, so that a table of a million needs no memory. */
export class ConnectionCounter {
  private total = 0;
  private synced = 0;
  private readonly states = new Map<string, number>();

  add({ state, origin }: ConnectionEntry): void {
    this.total += 1;
    if (origin === 'SYNC') this.synced += 1;
    this.states.set(state, (this.states.get(state) ?? 0) + 1);
  }

  counts(): ConnectionCounts {
    const { total, synced } = this;
    return { total, synced, byState: Object.fromEntries(this.states) };
  }
}
