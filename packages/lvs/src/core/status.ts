import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import {
  type ServiceStatistics,
  serviceKeyOf,
  serviceKeyText,
  type Table,
  tablePlaceOf,
} from '@piranha/ipvs';
import type {
  CheckIntervalStatus,
  ServerMaintenance,
  ServerStatus,
  ServiceRulesStatus,
  ServiceStatus,
} from '@piranha/protocol';
import type { HealthState } from './health.js';
import { placeText, sorryServerStands, TableIndex } from './table-places.js';

/** What the status of the services is made of. */
interface StatusView {
  readonly configuration: LvsConfiguration;
  /** The live table as believed; empty while it is not known. */
  readonly live: Table;
  readonly statistics: readonly ServiceStatistics[];
  readonly healthOf: (server: RealServerConfig) => HealthState | undefined;
  readonly nannyOf: (server: RealServerConfig) => {
    readonly pid: number | undefined;
    readonly starts: number;
  };
  /** Orders of operators. */
  readonly maintenanceOf: (server: RealServerConfig) => ServerMaintenance | undefined;
  /** What is believed of a service as a whole; undefined where it has no rules. */
  readonly rulesOf: (service: VirtualServerConfig) => ServiceRulesStatus | undefined;
  /** Where load, agent or slow start have brought a weight; undefined where nothing moves it. */
  readonly weightOf: (server: RealServerConfig) => number | undefined;
  /** How often it is checked; undefined while that is not known. */
  readonly checkIntervalOf: (server: RealServerConfig) => CheckIntervalStatus | undefined;
  /** Wall clock, ISO 8601, of a monotonic time. */
  readonly isoTime: (monotonicMs: number) => string;
}

type Counters = ReadonlyMap<string, ServiceStatistics['servers'][number]>;

function countersByPlace(statistics: readonly ServiceStatistics[]): Counters {
  return new Map(
    statistics.flatMap(({ key, servers }) =>
      servers.map((server) => [placeText({ service: key, ...server }), server] as const),
    ),
  );
}

function serverStatus(
  view: StatusView,
  service: VirtualServerConfig,
  server: RealServerConfig,
  live: TableIndex,
  counters: Counters,
): ServerStatus {
  const health = view.healthOf(server);
  const place = tablePlaceOf(view.configuration, service, server);
  const entry = live.server(place);
  const counter = place && counters.get(placeText(place));
  const nanny = view.nannyOf(server);
  const maintenance = view.maintenanceOf(server);
  const movingWeight = view.weightOf(server);
  const checkInterval = view.checkIntervalOf(server);
  return {
    name: server.name,
    address: server.address,
    port: server.port,
    health: health?.health ?? 'unknown',
    ...(entry ? { weight: entry.weight } : {}),
    configuredWeight: server.weight,
    ...(movingWeight === undefined ? {} : { movingWeight }),
    reason: health?.reason ?? 'not active in the configuration',
    since: view.isoTime(health?.sinceMs ?? 0),
    activeConnections: counter?.activeConnections ?? 0,
    inactiveConnections: counter?.inactiveConnections ?? 0,
    connections: counter?.connections ?? 0,
    ...(nanny.pid === undefined ? {} : { nannyPid: nanny.pid }),
    nannyStarts: nanny.starts,
    ...(checkInterval === undefined ? {} : { checkInterval }),
    ...(maintenance === undefined ? {} : { maintenance }),
  };
}

/** Status of the active services with their active servers, in the order of the file. */
export function serviceStatuses(view: StatusView): ServiceStatus[] {
  const live = new TableIndex(view.live);
  const counters = countersByPlace(view.statistics);
  return view.configuration.virtualServers
    .filter((service) => service.active)
    .map((service) => {
      const key = serviceKeyOf(service);
      const rules = view.rulesOf(service);
      return {
        name: service.name,
        key: key ? serviceKeyText(key) : '',
        scheduler: service.scheduler,
        ...(service.sorryServer === undefined ? {} : { sorryServer: service.sorryServer }),
        sorryServerActive: sorryServerStands(service, live),
        ...(rules === undefined ? {} : { rules }),
        servers: service.servers
          .filter((server) => server.active)
          .map((server) => serverStatus(view, service, server, live, counters)),
      };
    });
}
