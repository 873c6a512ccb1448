/**
 * Orders about real servers: what operators took out of service, and what they let in again. Both directors can keep
 * the same record: each order carries a number, and the higher one wins. Pure.
 */

/** `none`: an earlier order was taken back; kept so that the partner learns of it. */
export type ServerOrderKind = 'drain' | 'disable' | 'none';

export interface ServerOrder {
  /** Where the server stands in the table: `tcp 10.0.0.9:80 10.0.0.11:80`. */
  readonly place: string;
  readonly kind: ServerOrderKind;
  /** Who gave it; for log and status, not for rights. */
  readonly by: string;
  /** Wall clock, ISO 8601. */
  readonly at: string;
  /** The operator's words; empty for none. */
  readonly reason: string;
  /** A drain takes the entry out after so long, whatever it still counts; absent: never. */
  readonly timeoutSeconds?: number | undefined;
  /** Higher than that of every order which was known when it was given. */
  readonly version: number;
}

/** One order for each place, by place. */
export type MaintenanceRecord = readonly ServerOrder[];

/** Orders that are in force at most; a larger record is refused when it is read. */
export const SERVER_ORDER_LIMIT = 20_000;

/** Most bytes of a record as JSON: one frame carries it to the partner, and from pulse to lvsd. */
export const SERVER_ORDERS_LIMIT_BYTES = 5 * 1024 * 1024;
/** No order is longer, whatever its texts are made of. */
const ORDER_LIMIT_BYTES = 6_144;

/**
 * Orders that were taken back are kept for so many requests: one request may take back thousands, and the partner may not
 * know of it yet.
 */
const TAKEN_BACK_REQUESTS = 1_000;

/** Beyond it numbers no longer grow, and the later time wins. */
const HIGHEST_VERSION = Number.MAX_SAFE_INTEGER;

const RANK: Readonly<Record<ServerOrderKind, number>> = { none: 0, drain: 1, disable: 2 };

/** Above zero when the first order wins. The same on every director, whatever it knows besides. */
function compareOrders(one: ServerOrder, other: ServerOrder): number {
  return (
    one.version - other.version ||
    compareTexts(one.at, other.at) ||
    RANK[one.kind] - RANK[other.kind] ||
    compareTexts(one.by, other.by) ||
    compareTexts(one.reason, other.reason) ||
    (one.timeoutSeconds ?? -1) - (other.timeoutSeconds ?? -1)
  );
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** Any orders as a record: for each place the one that wins. */
export function maintenanceRecord(orders: Iterable<ServerOrder>): MaintenanceRecord {
  const winners = new Map<string, ServerOrder>();
  for (const order of orders) {
    const before = winners.get(order.place);
    if (before === undefined || compareOrders(order, before) > 0) winners.set(order.place, order);
  }
  const all = [...winners.values()];
  const forgotten = new Set(tooManyTakenBack(all));
  return all
    .filter((order) => !forgotten.has(order))
    .sort((one, other) => compareTexts(one.place, other.place));
}

/** True for a record that can be kept on disk and carried to the partner. */
export function isWithinLimits(record: MaintenanceRecord): boolean {
  return (
    record.length <= SERVER_ORDER_LIMIT &&
    !(mayBeLong(record.length) && bytesOf(record) > SERVER_ORDERS_LIMIT_BYTES)
  );
}

/** Those that were taken back many requests ago; more of them, the oldest first, where a record would be too large. */
function tooManyTakenBack(all: readonly ServerOrder[]): readonly ServerOrder[] {
  const takenBack = all.filter(({ kind }) => kind === 'none').sort((one, other) => compareOrders(other, one));
  const versions = [...new Set(takenBack.map(({ version }) => version))];
  const last = versions[TAKEN_BACK_REQUESTS - 1] ?? 0;
  const recent = takenBack.filter(({ version }) => version >= last);
  const others = all.length - takenBack.length;
  while (recent.length > 0 && others + recent.length > SERVER_ORDER_LIMIT) recent.pop();
  if (mayBeLong(others + recent.length)) {
    let bytes = bytesOf(all) - bytesOf(takenBack.slice(recent.length));
    while (recent.length > 0 && bytes > SERVER_ORDERS_LIMIT_BYTES) bytes -= bytesOf(recent.splice(-1));
  }
  return takenBack.slice(recent.length);
}

/** Few orders need not be counted. */
function mayBeLong(count: number): boolean {
  return count * ORDER_LIMIT_BYTES > SERVER_ORDERS_LIMIT_BYTES;
}

function bytesOf(orders: readonly ServerOrder[]): number {
  const encoder = new TextEncoder();
  return orders.reduce((sum, order) => sum + encoder.encode(JSON.stringify(order)).length + 1, 0);
}

/** What two directors know, put together: the same whoever does it, in whatever order, and however often. */
export function mergeMaintenance(one: MaintenanceRecord, other: MaintenanceRecord): MaintenanceRecord {
  return maintenanceRecord([...one, ...other]);
}

/** The record with new orders, each of which wins over everything that it knows. */
export function withOrders(
  record: MaintenanceRecord,
  orders: readonly Omit<ServerOrder, 'version'>[],
): MaintenanceRecord {
  const highest = record.reduce((most, { version }) => Math.max(most, version), 0);
  const version = Math.min(highest + 1, HIGHEST_VERSION);
  const places = new Set(orders.map(({ place }) => place));
  const others = record.filter(({ place }) => !places.has(place));
  return maintenanceRecord([...others, ...orders.map((order) => ({ ...order, version }))]);
}
