import type { MaintenanceRecord, MaintenanceRequest, ServerOrder } from '@piranha/protocol';
import { isWithinLimits, withOrders } from '@piranha/protocol';
import type { PlacedServer } from './find-servers.js';
import {
  countsQuorum,
  lastOnes,
  type OrdersInForce,
  ordersInForce,
  type ServingView,
} from './maintenance.js';

/** What becomes of a request of an operator. Pure. */
type RequestDecision =
  | { readonly ok: true; readonly record: MaintenanceRecord; readonly text: string }
  | { readonly ok: false; readonly text: string };

/** Characters of the reasons that one request may give its orders. */
const REASONS_LIMIT = 1_000_000;
const SHORTEST_REASON = 40;
const TOO_MANY =
  'there would be more orders than both directors can hold: let servers in that are out of service, or give shorter reasons';

/** What a request is judged by. */
export interface RequestView {
  readonly record: MaintenanceRecord;
  /** Orders of files, which no request ends. */
  readonly files: OrdersInForce;
  readonly serving: Omit<ServingView, 'orders'>;
  /** Wall clock, ISO 8601. */
  readonly at: string;
}

/** Decides about one request for the servers that it means; nothing is changed where the answer is no. */
export function decideRequest(
  view: RequestView,
  request: MaintenanceRequest,
  servers: readonly PlacedServer[],
): RequestDecision {
  const keys = [...new Set(servers.map(({ key }) => key))];
  return request.action === 'drain' || request.action === 'disable'
    ? takeOut(view, request, request.action, keys)
    : letIn(view, request, keys);
}

function takeOut(
  view: RequestView,
  request: MaintenanceRequest,
  kind: 'drain' | 'disable',
  keys: readonly string[],
): RequestDecision {
  const { record, files, serving, at } = view;
  const orders = ordersInForce(record, files);
  const emptied = lastOnes({ ...serving, orders }, new Set(keys));
  if (emptied.length > 0 && !request.force) {
    return { ok: false, text: refusalText(serving, emptied) };
  }
  const known = new Map(record.map((order) => [order.place, order]));
  const worded = { ...request, reason: shortened(request.reason, keys.length) };
  const changed = keys.flatMap(
    (place) => changedOrder(known.get(place), { place, kind, at, request: worded }) ?? [],
  );
  const text = changed.length === 0 ? 'was ordered before' : '';
  const after = changed.length === 0 ? record : withOrders(record, changed);
  return isWithinLimits(after) ? { ok: true, record: after, text } : { ok: false, text: TOO_MANY };
}

function refusalText(
  { configuration }: Pick<ServingView, 'configuration'>,
  emptied: readonly string[],
): string {
  const quorums = configuration.virtualServers.filter(countsQuorum).map(({ name }) => name);
  const few = emptied.filter((name) => quorums.includes(name));
  const none = emptied.filter((name) => !quorums.includes(name));
  return [
    ...(none.length > 0 ? [`no other server of ${none.join(', ')} is up`] : []),
    ...(few.length > 0 ? [`too few other servers of ${few.join(', ')} are up for its quorum`] : []),
  ].join('; ');
}

/** Of an order about very many places all keep the same reason: together they must not make a record too large. */
function shortened(reason: string | undefined, places: number): string | undefined {
  return reason?.slice(0, Math.max(SHORTEST_REASON, Math.floor(REASONS_LIMIT / Math.max(1, places))));
}

/** The same order again changes nothing but the words that are given; undefined where there are none. */
function changedOrder(
  before: ServerOrder | undefined,
  {
    place,
    kind,
    at,
    request,
  }: Pick<ServerOrder, 'place' | 'at'> & { kind: 'drain' | 'disable'; request: MaintenanceRequest },
): Omit<ServerOrder, 'version'> | undefined {
  const { by, reason, timeoutSeconds } = request;
  const limit = kind === 'drain' ? timeoutSeconds : undefined;
  const isSame = before?.kind === kind;
  if (isSame && reason === undefined && limit === undefined) return undefined;
  const kept = isSame ? before : undefined;
  const seconds = limit ?? kept?.timeoutSeconds;
  return {
    place,
    kind,
    by,
    // A new time limit counts from now.
    at: kept !== undefined && limit === undefined ? kept.at : at,
    reason: reason ?? kept?.reason ?? '',
    ...(seconds === undefined ? {} : { timeoutSeconds: seconds }),
  };
}

function letIn(
  { record, files, at }: RequestView,
  { action, by, reason = '' }: MaintenanceRequest,
  keys: readonly string[],
): RequestDecision {
  const meant = new Set(keys);
  const own = record.filter(({ place, kind }) => meant.has(place) && kind !== 'none');
  if (action === 'undrain' && own.some(({ kind }) => kind === 'disable')) {
    return { ok: false, text: 'it is disabled, not drained: lvsctl enable lets it in' };
  }
  const holders = [...new Set(keys.flatMap((key) => files.get(key)?.by ?? []))];
  if (holders.length > 0) {
    return { ok: false, text: `${holders.join(', ')} of maintenance_dir keeps it out: remove the file` };
  }
  if (own.length === 0) return { ok: true, record, text: 'was not out of service' };
  const words = { kind: 'none' as const, by, at, reason: shortened(reason, own.length) ?? '' };
  const ended = own.map(({ place }) => ({ place, ...words }));
  return { ok: true, record: withOrders(record, ended), text: '' };
}
