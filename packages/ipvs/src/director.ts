import type { ServiceKey, Table, TableOperation } from './core/model.js';

/** Counters of one real server, in ipvsadm's columns. */
export interface ServerStatistics {
  readonly address: string;
  readonly port: number;
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  readonly persistentConnections: number;
  /** Connections since the entry was made. */
  readonly connections: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface ServiceStatistics {
  readonly key: ServiceKey;
  readonly connections: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly servers: readonly ServerStatistics[];
}

/** What became of one operation; `message` is the backend's own text. */
export type OperationResult = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** Idle timeouts in seconds; 0 leaves a value as it is. */
export interface TableTimeouts {
  readonly tcpSeconds: number;
  readonly tcpFinSeconds: number;
  readonly udpSeconds: number;
}

export type DirectorKind = 'kernel' | 'userspace' | 'memory';

/**
 * The only door to an IPVS table. lvsd is its one writer.
 * Every call rejects with a UserError (`DIRECTOR_UNREACHABLE`) when the backend cannot be reached; a refusal of one
 * operation is no rejection but its result, and the others are carried out all the same.
 */
export interface Director {
  readonly kind: DirectorKind;
  readTable(): Promise<Table>;
  /** Carries the operations out in order; results in the same order and number. */
  apply(operations: readonly TableOperation[]): Promise<readonly OperationResult[]>;
  readStatistics(): Promise<readonly ServiceStatistics[]>;
  setTimeouts(timeouts: TableTimeouts): Promise<void>;
  /** Ends the connection to the backend; the table stays as it is. */
  close(): Promise<void>;
}
