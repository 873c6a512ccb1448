import type { LvsConfiguration } from '@piranha/config';
import type { Table } from '@piranha/ipvs';
import { sorryServerStands, TableIndex } from './table-places.js';

export interface SorryChange {
  readonly service: string;
  readonly address: string;
  readonly active: boolean;
}

/** Which sorry servers enter or leave from one table to the next, for the log. */
export function sorryChanges(configuration: LvsConfiguration, before: Table, after: Table): SorryChange[] {
  const old = new TableIndex(before);
  const now = new TableIndex(after);
  return configuration.virtualServers.flatMap((service) => {
    if (!service.active || service.sorryServer === undefined) return [];
    const active = sorryServerStands(service, now);
    if (active === sorryServerStands(service, old)) return [];
    return [{ service: service.name, address: service.sorryServer, active }];
  });
}
