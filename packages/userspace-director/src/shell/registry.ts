import type { TableTimeouts } from '@piranha/ipvs';
import { type ConnectionAccount, DEFAULT_TIMEOUTS, mergeTimeouts } from '../core/connection.js';

/** A connection or flow that passes through this process. */
export interface LiveConnection {
  readonly account: ConnectionAccount;
  /** Ends it at once, TCP with a reset on both sides. It leaves the registry by itself. */
  reset(): void;
  /** Its server left the table: ends it, unless it can still go to another one unnoticed. */
  serverRemoved(): void;
}

/** Every live connection, for limits, timeouts and removals. */
export class ConnectionRegistry {
  private readonly connections = new Set<LiveConnection>();
  private timeouts = DEFAULT_TIMEOUTS;

  /** @param limit most connections at a time */
  constructor(readonly limit: number) {}

  get size(): number {
    return this.connections.size;
  }

  get isFull(): boolean {
    return this.connections.size >= this.limit;
  }

  add(connection: LiveConnection): void {
    this.connections.add(connection);
  }

  delete(connection: LiveConnection): void {
    connection.account.end();
    this.connections.delete(connection);
  }

  setTimeouts(timeouts: TableTimeouts): void {
    this.timeouts = mergeTimeouts(this.timeouts, timeouts);
  }

  /** Resets what has been idle too long. */
  sweep(nowMs: number): void {
    this.resetWhere((connection) => connection.account.isExpired(this.timeouts, nowMs));
  }

  /** Tells the connections of servers that left the table. */
  orphan(): void {
    for (const connection of this.connections) {
      if (connection.account.server.isRemoved) connection.serverRemoved();
    }
  }

  resetAll(): void {
    this.resetWhere(() => true);
  }

  private resetWhere(isMeant: (connection: LiveConnection) => boolean): void {
    for (const connection of this.connections) if (isMeant(connection)) connection.reset();
  }
}
