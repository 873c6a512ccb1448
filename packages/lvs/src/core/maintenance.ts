import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import { desiredTable, type ServerVerdict, serviceKeyText, type Table } from '@piranha/ipvs';
import type { DrainCounts, MaintenanceRecord, ServerMaintenance } from '@piranha/protocol';
import { beginDrain, type DrainState, limitDrain, stepDrain } from './drain.js';
import type { PlacedServer } from './find-servers.js';

/**
 * Servers that are out of service by order: what is in force at each place of the table, and how far its drain is. Pure:
 * times are monotonic milliseconds.
 */

/** An order that is in force, of an operator or of a file of maintenance_dir. */
export interface OrderInForce {
  readonly kind: 'drain' | 'disable';
  readonly by: string;
  /** Wall clock, ISO 8601. */
  readonly at: string;
  readonly reason: string;
  readonly timeoutSeconds?: number | undefined;
}

/** By place of the table, as text. */
export type OrdersInForce = ReadonlyMap<string, OrderInForce>;
export type Drains = ReadonlyMap<string, DrainState>;

/** What happened to the order of one place. */
export interface OrderChange {
  readonly key: string;
  readonly before: OrderInForce | undefined;
  readonly after: OrderInForce | undefined;
}

/** A drain that has just ended. */
interface EndedDrain {
  readonly key: string;
  readonly drain: Extract<DrainState, { phase: 'drained' }>;
}

/** What the drains are worked out from. */
export interface DrainView {
  /** The place is in the table, or about to be. */
  readonly stands: (key: string) => boolean;
  /** Counted with the weight at 0; undefined while not known. */
  readonly counts: (key: string) => DrainCounts | undefined;
  /** The wall clock, ms since 1970, for time limits that go on over a restart. */
  readonly wallMs: number;
  readonly nowMs: number;
}

/** The orders of operators and of files together: where both have one the stronger counts, and the operator's of equals. */
export function ordersInForce(record: MaintenanceRecord, files: OrdersInForce): OrdersInForce {
  const orders = new Map<string, OrderInForce>();
  for (const { place, kind, by, at, reason, timeoutSeconds } of record) {
    if (kind !== 'none') orders.set(place, { kind, by, at, reason, timeoutSeconds });
  }
  for (const [key, order] of files) {
    const own = orders.get(key);
    if (own === undefined || (own.kind === 'drain' && order.kind === 'disable')) orders.set(key, order);
  }
  return orders;
}

/** What became otherwise from some orders to others. */
export function orderChanges(before: OrdersInForce, after: OrdersInForce): readonly OrderChange[] {
  if (before.size === 0 && after.size === 0) return [];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((key) => ({ key, before: before.get(key), after: after.get(key) }))
    .filter(({ before: old, after: now }) => JSON.stringify(old) !== JSON.stringify(now));
}

/** A limit that was passed while nobody looked is over now; a clock that was set back makes none longer. */
function spanOf(
  { at, timeoutSeconds = Number.POSITIVE_INFINITY }: OrderInForce,
  { wallMs, nowMs }: Pick<DrainView, 'wallMs' | 'nowMs'>,
): { readonly sinceMs: number; readonly deadlineMs: number } {
  const sinceMs = nowMs - Math.max(0, wallMs - Date.parse(at));
  return { sinceMs, deadlineMs: sinceMs + timeoutSeconds * 1_000 };
}

/** The drains under changed orders: new ones begin, those that go on take over the new time limit, others are dropped. */
export function drainsFor(
  drains: Drains,
  changes: readonly OrderChange[],
  view: Omit<DrainView, 'counts'>,
): Drains {
  if (changes.length === 0) return drains;
  const next = new Map(drains);
  for (const { key, after } of changes) {
    const drain = drains.get(key);
    if (after?.kind !== 'drain') {
      next.delete(key);
      continue;
    }
    const { sinceMs, deadlineMs } = spanOf(after, view);
    if (drain !== undefined) next.set(key, limitDrain(drain, deadlineMs));
    else next.set(key, beginDrain(view.stands(key), sinceMs, deadlineMs));
  }
  return next;
}

/** One step of every drain, with those that have ended by it. */
export function stepDrains(
  drains: Drains,
  { counts, nowMs }: Pick<DrainView, 'counts' | 'nowMs'>,
): { readonly drains: Drains; readonly ended: readonly EndedDrain[] } {
  const next = new Map<string, DrainState>();
  const ended: EndedDrain[] = [];
  for (const [key, drain] of drains) {
    const after = stepDrain(drain, counts(key), nowMs);
    next.set(key, after);
    if (drain.phase === 'draining' && after.phase === 'drained') ended.push({ key, drain: after });
  }
  return { drains: next, ended };
}

/** What the table is to make of a place: its order's word, or undefined where its health counts. */
export function orderedVerdict(
  orders: OrdersInForce,
  drains: Drains,
  key: string,
): Extract<ServerVerdict, 'drained' | 'out'> | undefined {
  const order = orders.get(key);
  if (order === undefined) return undefined;
  return order.kind === 'drain' && drains.get(key)?.phase === 'draining' ? 'drained' : 'out';
}

/** What status says of a place. `held` orders are not in force. */
export function maintenanceOf(
  orders: OrdersInForce,
  drains: Drains,
  held: OrdersInForce,
  key: string,
): ServerMaintenance | undefined {
  const order = orders.get(key);
  if (order === undefined) {
    const waiting = held.get(key);
    return waiting && { ...waiting, phase: 'held' };
  }
  if (order.kind === 'disable') return { ...order, phase: 'disabled' };
  const drain = drains.get(key);
  const left = drain?.left;
  return { ...order, phase: drain?.phase ?? 'drained', ...(left === undefined ? {} : { left }) };
}

/** What lastOnes looks at. */
export interface ServingView {
  readonly configuration: LvsConfiguration;
  readonly placed: readonly PlacedServer[];
  readonly healthOf: (server: RealServerConfig) => ServerVerdict;
  /** Where a weight moves: one at 0 serves nobody new. */
  readonly weightOf?: (server: RealServerConfig) => number | undefined;
  readonly orders: OrdersInForce;
}

/**
 * The services that have a server now and would have none without these places, or too few to keep a sorry server out, by
 * name. Sorry servers do not count.
 */
export function lastOnes(view: ServingView, without: ReadonlySet<string>): readonly string[] {
  const touched = view.placed.filter(({ key }) => without.has(key));
  const keys = new Set(touched.map(({ place }) => serviceKeyText(place.service)));
  const blocks = new Set(
    view.placed.filter(({ place }) => keys.has(serviceKeyText(place.service))).map(({ service }) => service),
  );
  const configuration: LvsConfiguration = {
    ...view.configuration,
    virtualServers: [...blocks].map(withoutSorryServer),
  };
  const places = new Map(view.placed.map(({ server, key }) => [server, key]));
  const tableWithout = (gone: (key: string) => boolean): Table => {
    const verdictOf = (server: RealServerConfig): ServerVerdict => {
      const key = places.get(server);
      return key === undefined || view.orders.has(key) || gone(key) ? 'out' : view.healthOf(server);
    };
    return desiredTable(
      configuration,
      (service, server) => (lacksQuorum(service, verdictOf) ? 'out' : verdictOf(server)),
      view.weightOf ? { weightOf: view.weightOf } : {},
    );
  };
  const left = serving(tableWithout((key) => without.has(key)));
  const emptied = [...serving(tableWithout(() => false))].filter((key) => !left.has(key));
  return emptied.map(
    (key) => touched.find(({ place }) => serviceKeyText(place.service) === key)?.service.name ?? key,
  );
}

/** A quorum counts where a sorry server would take over: without one the servers go on as they are. */
export function countsQuorum({ quorum, sorryServer }: VirtualServerConfig): boolean {
  return quorum !== undefined && sorryServer !== undefined;
}

function withoutSorryServer(service: VirtualServerConfig): VirtualServerConfig {
  const { quorum, ...rest } = service;
  return { ...rest, ...(countsQuorum(service) && quorum ? { quorum } : {}), sorryServer: undefined };
}

function lacksQuorum(
  { quorum, servers }: VirtualServerConfig,
  verdictOf: (server: RealServerConfig) => ServerVerdict,
): boolean {
  if (quorum === undefined) return false;
  const up = servers.filter((server) => server.active && verdictOf(server) === 'up');
  return up.reduce((sum, { weight }) => sum + weight, 0) < quorum.weight - quorum.hysteresis;
}

function serving({ services }: Table): ReadonlySet<string> {
  return new Set(
    services
      .filter(({ servers }) => servers.some(({ weight }) => weight > 0))
      .map(({ key }) => serviceKeyText(key)),
  );
}
