import type { MaintenanceRecord, ServerOrder } from '@piranha/protocol';

/** An own order in force, and the older one that counts instead because its director knew of more orders. */
export interface OverruledOrder {
  readonly own: ServerOrder;
  readonly now: ServerOrder;
}

/** Own orders in force that others overrule although these were given earlier: whoever gave the own one must learn of it. */
export function overruledOrders(
  record: MaintenanceRecord,
  merged: MaintenanceRecord,
): readonly OverruledOrder[] {
  const after = new Map(merged.map((order) => [order.place, order]));
  return record.flatMap((own) => {
    const now = after.get(own.place);
    if (own.kind === 'none' || now === undefined) return [];
    return now.at < own.at && now.kind !== own.kind ? [{ own, now }] : [];
  });
}
