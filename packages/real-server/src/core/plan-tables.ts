import type { HeldAddress, MachineState, StateRecord, Step } from './model.js';
import type { Needs } from './needs.js';

/** What happens to one of our tables of nftables. */
export interface TablePlan {
  /** Before addresses are added. */
  readonly set: readonly Step[];
  /** After addresses were removed. */
  readonly end: readonly Step[];
  readonly isOurs: boolean;
  readonly willBeOurs: boolean;
}

/**
 * Plans the table that keeps ARP silent. VIPs that are about to go stay in it until they are gone.
 * @param removed the addresses that this change takes away
 */
export function planArpTable(
  { arpTable: wanted }: Needs,
  { arpTable: found = [] }: MachineState,
  record: StateRecord,
  removed: readonly HeldAddress[],
): TablePlan {
  const leaving = found.filter((vip) => removed.some(({ address }) => address === vip));
  const first = wanted && [...new Set([...wanted, ...leaving])].sort();
  const setTo = (vips: readonly string[]): Step => ({ type: 'set-arp-table', vips });
  const set = first && first.join() !== found.join() ? [setTo(first)] : [];
  // Removed without looking: without the program that shows it, it may be there unseen.
  const goes: Step[] = record.hasArpTable ? [{ type: 'remove-arp-table' }] : [];
  const shrinks = wanted && first?.join() !== wanted.join() ? [setTo(wanted)] : [];
  const end = wanted === undefined ? goes : shrinks;
  return { set, end, isOurs: record.hasArpTable, willBeOurs: wanted !== undefined };
}

/** Plans the table that limits the segments of connections that come through a tunnel. */
export function planSegmentTable(
  { segmentTable: wanted }: Needs,
  { segmentTable: found }: MachineState,
  record: StateRecord,
): TablePlan {
  const isThere = wanted?.pathMtuBytes === found?.pathMtuBytes && wanted?.vips.join() === found?.vips.join();
  const set: Step[] = wanted && !isThere ? [{ type: 'set-segment-table', limit: wanted }] : [];
  const goes: Step[] = record.hasSegmentTable ? [{ type: 'remove-segment-table' }] : [];
  const end = wanted === undefined ? goes : [];
  return { set, end, isOurs: record.hasSegmentTable, willBeOurs: wanted !== undefined };
}
