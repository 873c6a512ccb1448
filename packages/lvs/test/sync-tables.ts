import type { Table, TableService } from '@piranha/ipvs';
import type { TableSyncPolicy } from '../src/core/table-sync.js';

/** Times small enough to be counted in a test; no periodic look at the table. */
export const POLICY: TableSyncPolicy = {
  reconnectMs: 100,
  retryFirstMs: 200,
  retryCapMs: 1_000,
  readAfterOperations: 3,
  rereadMs: Number.POSITIVE_INFINITY,
  drift: 'revert',
};

/** A service with a server for each weight. */
export function service(port: number, ...weights: readonly number[]): TableService {
  return {
    key: { kind: 'address', protocol: 'tcp', address: '10.0.0.9', port },
    scheduler: 'rr',
    schedulerFlags: [],
    persistentSeconds: 0,
    persistenceMask: undefined,
    onePacket: false,
    servers: weights.map((weight, index) => ({
      address: `10.0.1.${index + 1}`,
      port,
      forwarding: 'direct',
      weight,
      upperThreshold: 0,
      lowerThreshold: 0,
    })),
  };
}

export const table = (...services: readonly TableService[]): Table => ({ services });
