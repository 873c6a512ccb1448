import { type ServiceStatistics, serverKeyText, serviceKeyText, type Table } from '@piranha/ipvs';
import type { DrainCounts, MaintainedServer, ServerMaintenance } from '@piranha/protocol';
import type { PlacedServer } from './find-servers.js';
import { placeText, TableIndex } from './table-places.js';

const NOTHING: DrainCounts = { active: 0, inactive: 0, templates: 0 };

/** The places among these whose weight is 0 in the live table, or that are not in it: what they count can only shrink. */
export function quietPlaces(live: Table, placed: Iterable<PlacedServer>): ReadonlySet<string> {
  const index = new TableIndex(live);
  const quiet = new Set<string>();
  for (const { key, place } of placed) if ((index.server(place)?.weight ?? 0) === 0) quiet.add(key);
  return quiet;
}

/**
 * The places that were taken out before lvsd came: they serve nobody while another server of their service does. Of an empty
 * service nobody can tell.
 */
export function outBefore(live: Table, placed: readonly PlacedServer[]): ReadonlySet<string> {
  const quiet = quietPlaces(live, placed);
  const serving = new Set(
    placed.filter(({ key }) => !quiet.has(key)).map(({ place }) => serviceKeyText(place.service)),
  );
  const out = placed.filter(({ key, place }) => quiet.has(key) && serving.has(serviceKeyText(place.service)));
  return new Set(out.map(({ key }) => key));
}

/**
 * What the backend counts at every entry. `templatesReturn`: its persistence templates bring clients back to an entry of
 * weight 0.
 */
export function countsByPlace(
  statistics: readonly ServiceStatistics[],
  templatesReturn: boolean,
): (key: string) => DrainCounts {
  const counts = new Map(
    statistics.flatMap(({ key, servers }) =>
      servers.map((server): readonly [string, DrainCounts] => [
        placeText({ service: key, ...server }),
        {
          active: server.activeConnections,
          inactive: server.inactiveConnections,
          templates: templatesReturn ? server.persistentConnections : 0,
        },
      ]),
    ),
  );
  return (key) => counts.get(key) ?? NOTHING;
}

/** Servers with what is ordered about them, for an answer. */
export function maintainedServers(
  servers: readonly PlacedServer[],
  maintenanceOf: (key: string) => ServerMaintenance | undefined,
): MaintainedServer[] {
  return servers.map(({ service, server, key }) => {
    const maintenance = maintenanceOf(key);
    return {
      service: service.name,
      server: server.name,
      address: serverKeyText(server),
      place: key,
      ...(maintenance === undefined ? {} : { maintenance }),
    };
  });
}
