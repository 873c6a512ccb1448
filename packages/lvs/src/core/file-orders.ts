import { serviceKeyText } from '@piranha/ipvs';
import type { PlacedServer } from './find-servers.js';
import { lastOnes, type OrderInForce, type OrdersInForce, type ServingView } from './maintenance.js';
import type { FileOrder } from './maintenance-files.js';

/** Which orders of files are obeyed. */
interface FileDecision {
  /** In force, by place. */
  readonly obeyed: OrdersInForce;
  /** In force until the first verdicts show whether another server serves. */
  readonly waiting: OrdersInForce;
  /** By place; they wait until another server is up. */
  readonly held: OrdersInForce;
  /** Files that are held, with the services that would have no server left. */
  readonly refused: readonly { readonly name: string; readonly services: readonly string[] }[];
}

/** Services whose servers have not all been looked at yet. */
interface FirstVerdicts {
  /** What waited for them the last time. */
  readonly waiting: OrdersInForce;
  readonly isUnsettled: (key: string) => boolean;
}

const ALL_SETTLED: FirstVerdicts = { waiting: new Map(), isUnsettled: () => false };

/**
 * Decides about the files, one after the other: what is obeyed stays so for as long as its file is there; one that would leave
 * a service without a server has to wait, unless it says `force`. While nobody serves yet and servers have no first verdict,
 * whoever has a file stays out, and is decided about when they have.
 * @param isOut places that serve nobody as they are: to obey there takes nothing away
 */
export function decideFiles(
  view: ServingView,
  before: OrdersInForce,
  files: readonly FileOrder[],
  isOut: (key: string) => boolean,
  first = ALL_SETTLED,
): FileDecision {
  const obeyed = new Map<string, OrderInForce>();
  const waiting = new Map<string, OrderInForce>();
  const held = new Map<string, OrderInForce>();
  const refused: { name: string; services: readonly string[] }[] = [];
  const isFresh = (key: string): boolean => !before.has(key) && !isOut(key);
  // What goes on first: a new file must not count on a server that is out.
  for (const { order, keys } of files) for (const key of keys) if (!isFresh(key)) put(obeyed, key, order);
  for (const { name, order, keys, force } of files) {
    const fresh = new Set(keys.filter((key) => isFresh(key) && !obeyed.has(key)));
    const orders = new Map([...view.orders, ...obeyed]);
    const services = force || fresh.size === 0 ? [] : lastOnes({ ...view, orders }, fresh);
    const isEarly = !force && isTooEarly({ ...view, orders }, fresh, services.length > 0, first);
    if (services.length > 0 && !isEarly) refused.push({ name, services });
    const unlike = isEarly ? waiting : services.length > 0 ? held : obeyed;
    for (const key of keys) put(fresh.has(key) ? unlike : obeyed, key, order);
  }
  for (const key of obeyed.keys()) {
    held.delete(key);
    waiting.delete(key);
  }
  return { obeyed, waiting, held, refused };
}

/** True where first verdicts may still show that another server serves, and nobody is lost who serves now. */
function isTooEarly(
  view: ServingView,
  fresh: ReadonlySet<string>,
  wouldEmpty: boolean,
  { waiting, isUnsettled }: FirstVerdicts,
): boolean {
  const unsettled = [...fresh].filter(isUnsettled);
  if (unsettled.length === 0) return false;
  if (wouldEmpty) return unsettled.every((key) => waiting.has(key));
  const served = new Set(
    view.placed
      .filter(({ key }) => !view.orders.has(key) && !waiting.has(key))
      .filter(({ server }) => view.healthOf(server) === 'up')
      .map(({ place }) => serviceKeyText(place.service)),
  );
  const open = new Set(unsettled);
  return view.placed.some(({ key, place }) => open.has(key) && !served.has(serviceKeyText(place.service)));
}

/** The places of services of which some server has no first verdict yet. */
export function unsettledPlaces(
  placed: readonly PlacedServer[],
  isSettled: (server: PlacedServer['server']) => boolean,
): ReadonlySet<string> {
  const services = new Set(
    placed.filter(({ server }) => !isSettled(server)).map(({ place }) => serviceKeyText(place.service)),
  );
  return new Set(
    placed.filter(({ place }) => services.has(serviceKeyText(place.service))).map(({ key }) => key),
  );
}

/** Orders of files that are there but cannot be read: they go on. */
export function keptOrders(before: OrdersInForce, names: ReadonlySet<string>): FileOrder[] {
  if (names.size === 0) return [];
  return [...before].flatMap(([key, order]) => {
    const name = order.by.replace(/^file /, '');
    return names.has(name) ? [{ name, order, keys: [key], force: false }] : [];
  });
}

/** Of two files about one server the stronger order counts. */
function put(orders: Map<string, OrderInForce>, key: string, order: OrderInForce): void {
  if (orders.get(key)?.kind !== 'disable') orders.set(key, order);
}
