import type { TableSyncPolicy } from './table-sync.js';

const TABLE_POLICY = {
  reconnectMs: 100,
  retryFirstMs: 200,
  retryCapMs: 5_000,
  readAfterOperations: 200,
  rereadMs: Number.POSITIVE_INFINITY,
};

/** Nobody tells us of a hand that changes the kernel's table; and an attempt to reach it is a process or two. */
const KERNEL_POLICY = { ...TABLE_POLICY, reconnectMs: 1_000, rereadMs: 5_000 };

/** How the table of a director is written. */
export function tablePolicyOf(directorName: string, drift: TableSyncPolicy['drift']): TableSyncPolicy {
  return { ...(directorName === 'kernel' ? KERNEL_POLICY : TABLE_POLICY), drift };
}
