import type { VirtualServerConfig } from '@piranha/config';
import {
  type ServiceKey,
  serverKeyText,
  serviceKeyOf,
  serviceKeyText,
  type Table,
  type TablePlace,
  type TableServer,
  type TableService,
} from '@piranha/ipvs';

/** Quick lookups in a table. */
export class TableIndex {
  private readonly services: ReadonlyMap<string, TableService>;
  private readonly servers = new Map<string, TableServer>();

  constructor(table: Table) {
    this.services = new Map(table.services.map((service) => [serviceKeyText(service.key), service]));
    for (const [key, service] of this.services) {
      for (const server of service.servers) this.servers.set(`${key} ${serverKeyText(server)}`, server);
    }
  }

  service(key: ServiceKey | undefined): TableService | undefined {
    return key && this.services.get(serviceKeyText(key));
  }

  server(place: TablePlace | undefined): TableServer | undefined {
    return place && this.servers.get(placeText(place));
  }
}

/** One text per place, for lookups. */
export function placeText(place: TablePlace): string {
  return `${serviceKeyText(place.service)} ${serverKeyText(place)}`;
}

/** True when the service's sorry server stands in the table. */
export function sorryServerStands(service: VirtualServerConfig, table: TableIndex): boolean {
  if (service.sorryServer === undefined) return false;
  const key = serviceKeyOf(service);
  const place = key && { service: key, address: service.sorryServer, port: service.port };
  return table.server(place) !== undefined;
}
