import type { ServerStatistics, ServiceStatistics } from '../director.js';
import { type ListingRow, readListing } from './listing-reader.js';
import { serverKeyText, serviceKeyText } from './model.js';

type Counters = Pick<ServiceStatistics, 'connections' | 'packetsIn' | 'packetsOut' | 'bytesIn' | 'bytesOut'>;

/** Conns InPkts OutPkts InBytes OutBytes. */
function countersOf({ numbers }: ListingRow): Counters {
  const [connections = 0, packetsIn = 0, packetsOut = 0, bytesIn = 0, bytesOut = 0] = numbers;
  return { connections, packetsIn, packetsOut, bytesIn, bytesOut };
}

function textOf({ key, server }: ListingRow): string {
  return server ? `${serviceKeyText(key)} ${serverKeyText(server)}` : serviceKeyText(key);
}

/**
 * Joins two listings to counters a service.
 * @param stats of `-Ln --stats --exact`
 * @param connections of `-Ln --persistent-conn`: Weight PersistConn ActiveConn InActConn
 */
export function readKernelStatistics(stats: string, connections: string): readonly ServiceStatistics[] {
  const present = new Map(readListing(connections).map((row) => [textOf(row), row.numbers]));
  const services: { statistics: Omit<ServiceStatistics, 'servers'>; servers: ServerStatistics[] }[] = [];
  for (const row of readListing(stats)) {
    if (row.server === undefined) {
      services.push({ statistics: { key: row.key, ...countersOf(row) }, servers: [] });
      continue;
    }
    const [, persistent = 0, active = 0, inactive = 0] = present.get(textOf(row)) ?? [];
    services.at(-1)?.servers.push({
      ...row.server,
      activeConnections: active,
      inactiveConnections: inactive,
      persistentConnections: persistent,
      ...countersOf(row),
    });
  }
  return services.map(({ statistics, servers }) => ({ ...statistics, servers }));
}
