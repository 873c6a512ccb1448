import type { TableTimeouts } from '@piranha/ipvs';
import { BEAT_LIMITS, type BeatReadiness } from '@piranha/protocol/beat';
import type { ConnectionEntry } from './connections.js';
import { SYNC_REFRESH_SECONDS } from './sysctl-plan.js';

/** How long the kernel keeps an idle connection. */
type ConnectionTimeouts = Pick<TableTimeouts, 'tcpSeconds' | 'udpSeconds'>;

/** How much of this director's work its partner could go on with. */
export interface Coverage {
  /** Connections that would be missed: established ones, and those of UDP. */
  readonly total: number;
  /** Those of them that the partner knows for certain. */
  readonly known: number;
  /** How long the longest idle of the others has been idle, seconds; undefined without others. */
  readonly idleSeconds?: number | undefined;
}

/** What a voluntary move costs; undefined where the partner knows everything. */
export function moveCostText({ total, known, idleSeconds = 0 }: Coverage): string | undefined {
  if (known === total) return undefined;
  const idle = `idle for up to ${Math.round(idleSeconds)} s`;
  return `${total - known} of ${total} connections may be cut: the partner may not know them (${idle})`;
}

/** What a partner tells of how long it has listened; nothing with 4-byte words. */
type Listened = Pick<BeatReadiness, 'listenedSeconds'> | undefined;

/**
 * For how long every partner has been there and listening, without a break; undefined while none is there.
 * @param heardSeconds how long they have been heard
 */
export function listeningSeconds(
  heardSeconds: number | undefined,
  partners: readonly Listened[],
): number | undefined {
  if (heardSeconds === undefined) return undefined;
  const told = partners.flatMap((one) => one?.listenedSeconds ?? []);
  // At the limit it may be longer.
  return Math.min(heardSeconds, ...told.filter((seconds) => seconds < BEAT_LIMITS.listenedSeconds));
}

/**
 * Counts which connections the partner knows, without asking it. Each packet sets a connection's timer anew, so its
 * last packet is as long ago as the timer has run; and a packet tells the partner of its connection unless that was
 * done within the refresh period. So a connection with a packet later than that period after the partner began to
 * listen is known there. The bound is a safe one: a younger connection may be known as well.
 */
export class CoverageCounter {
  private total = 0;
  private known = 0;
  private idleSeconds: number | undefined;

  /** @param heardSeconds how long the partner has been there without a break; undefined while it is not */
  constructor(
    private readonly timeouts: ConnectionTimeouts,
    private readonly heardSeconds: number | undefined,
  ) {}

  add(connection: ConnectionEntry): void {
    const timeoutSeconds = this.timeoutOf(connection);
    if (timeoutSeconds === undefined) return;
    this.total += 1;
    // The kernel cuts off fractions of what is left.
    const idleSeconds = Math.max(0, timeoutSeconds - connection.expiresSeconds);
    if (this.heardSeconds !== undefined && idleSeconds + SYNC_REFRESH_SECONDS <= this.heardSeconds) {
      this.known += 1;
    } else if (this.idleSeconds === undefined || idleSeconds > this.idleSeconds) {
      this.idleSeconds = idleSeconds;
    }
  }

  coverage(): Coverage {
    const { total, known, idleSeconds } = this;
    return { total, known, idleSeconds };
  }

  private timeoutOf({ protocol, state }: ConnectionEntry): number | undefined {
    if (protocol === 'TCP' && state === 'ESTABLISHED') return this.timeouts.tcpSeconds;
    return protocol === 'UDP' && state === 'UDP' ? this.timeouts.udpSeconds : undefined;
  }
}
