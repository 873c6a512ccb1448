import type { EventLog } from '@piranha/events';
import type { MaintenanceRecord, ServerOrder } from '@piranha/protocol';
import type { DrainState } from '../core/drain.js';
import type { PlacedServer } from '../core/find-servers.js';
import type { OrderChange, OrdersInForce } from '../core/maintenance.js';
import { isOfFile } from '../core/maintenance-files.js';
import type { OverruledOrder } from '../core/overruled-orders.js';

const NO_REASON = 'no reason given';

/** One line for an order that begins, changes or ends; nothing for a place that lvs.cf does not have. */
export function logOrderChange(
  log: Pick<EventLog, 'log'>,
  placed: PlacedServer | undefined,
  { key, before, after }: OrderChange,
  record: MaintenanceRecord,
  held: OrdersInForce,
): void {
  if (placed === undefined) return;
  const names = { service: placed.service.name, server: placed.server.name, place: key };
  if (after === undefined) {
    // What was taken back may have been another order, long ago.
    const ended = isOfFile(before)
      ? undefined
      : record.find(({ place, kind }) => place === key && kind === 'none');
    const by = ended?.by ?? (held.has(key) ? 'its file, which has to wait' : 'the end of its file');
    log.log('LVSD_ENABLED', { ...names, by, reason: ended?.reason || NO_REASON });
    return;
  }
  const event = after.kind === 'drain' ? 'LVSD_DRAIN' : 'LVSD_DISABLED';
  log.log(event, { ...names, by: after.by, reason: after.reason || NO_REASON });
}

/** One line for own orders that older ones of the partner overrule. */
export function logOverruled(log: Pick<EventLog, 'log'>, overruled: readonly OverruledOrder[]): void {
  const [first] = overruled;
  if (first === undefined) return;
  const { own, now } = first;
  const text = (order: ServerOrder) => `${order.kind} by ${order.by} of ${order.at}`;
  const fields = { place: own.place, own: text(own), now: text(now), more: overruled.length - 1 };
  log.log('LVSD_ORDERS_OVERRULED', fields);
}

/** One line for a drain that is over. */
export function logEndedDrain(
  log: Pick<EventLog, 'log'>,
  placed: PlacedServer | undefined,
  { end, tookMs, left }: Extract<DrainState, { phase: 'drained' }>,
): void {
  if (placed === undefined) return;
  const seconds = Math.round(tookMs / 1_000);
  const names = { service: placed.service.name, server: placed.server.name, seconds };
  if (end !== 'timeout') {
    log.log('LVSD_DRAINED', names);
    return;
  }
  const text = `${left.active} active and ${left.inactive} other connections are left`;
  log.log('LVSD_DRAIN_OVER', { ...names, left: text });
}
