import { serverKeyText } from '@piranha/ipvs';
import type { LvsdStatus, ProbeStatus, ServerStatus, ServiceStatus } from '@piranha/protocol';
import type { MetricSet } from './metric-set.js';
import { addEvents, seconds, timestamp } from './pulse-metrics.js';

/** Beyond so many servers nothing is told of each: a text of many megabytes helps nobody. */
const SERVER_LIMIT = 10_000;

const HEALTHS = ['up', 'down', 'unknown'] as const;

interface ServiceLabels {
  readonly service: string;
  readonly key: string;
}

function addServer(set: MetricSet, service: ServiceLabels, server: ServerStatus): void {
  const labels = { ...service, server: server.name, address: serverKeyText(server) };
  if (server.health !== 'unknown') {
    set.add('piranha_server_up', labels, server.health === 'up');
    set.add('piranha_server_since_timestamp_seconds', labels, timestamp(server.since));
  }
  set.add('piranha_server_weight', labels, server.weight);
  set.add('piranha_server_configured_weight', labels, server.configuredWeight);
  set.add('piranha_server_in_maintenance', labels, server.maintenance !== undefined);
  set.add('piranha_server_active_connections', labels, server.activeConnections);
  set.add('piranha_server_inactive_connections', labels, server.inactiveConnections);
  set.add('piranha_server_connections_total', labels, server.connections);
  if (server.checkInterval === undefined) return;
  const { actualMs, configuredMs } = server.checkInterval;
  set.add('piranha_server_check_interval_seconds', labels, seconds(actualMs));
  set.add('piranha_server_configured_check_interval_seconds', labels, seconds(configuredMs));
}

function addService(set: MetricSet, { name, key, rules, servers, ...service }: ServiceStatus): void {
  const labels = { service: name, key };
  set.add('piranha_service_sorry_server_active', labels, service.sorryServerActive);
  if (rules !== undefined) {
    if (rules.quorum !== 'unknown')
      set.add('piranha_service_quorum_reached', labels, rules.quorum === 'reached');
    set.add('piranha_service_panicking', labels, rules.panicking);
  }
  for (const health of HEALTHS) {
    const count = servers.filter((server) => server.health === health).length;
    set.add('piranha_service_servers', { ...labels, health }, count);
  }
}

function addProbes(
  set: MetricSet,
  nanny: string,
  { begun, failed, lateness, interval }: Partial<ProbeStatus>,
): void {
  set.add('piranha_probes_total', { nanny }, begun);
  set.add('piranha_probes_failed_total', { nanny }, failed);
  const families = [
    ['piranha_probe_lateness_seconds', lateness],
    ['piranha_probe_interval_seconds', interval],
  ] as const;
  for (const [name, durations] of families) {
    if (durations === undefined) continue;
    const quantiles = { '0.5': durations.p50Ms, '0.99': durations.p99Ms, '1': durations.maxMs };
    for (const [quantile, ms] of Object.entries(quantiles)) set.add(name, { nanny, quantile }, seconds(ms));
  }
}

function addRate(set: MetricSet, rate: LvsdStatus['probeRate']): void {
  set.add('piranha_probes_per_second', {}, rate?.madePerSecond);
  set.add('piranha_probe_budget_per_second', {}, rate?.budgetPerSecond);
  set.add('piranha_probes_held_back_total', {}, rate?.heldBack);
}

function addNannies(set: MetricSet, status: LvsdStatus): void {
  const { services, sharedNannies = [], ownProbes, probeRate } = status;
  addRate(set, probeRate);
  const servers = services.flatMap((service) => service.servers);
  const shared = new Set(sharedNannies.map(({ pid }) => pid));
  // Blocks of one real service share a nanny.
  const own = new Map(
    servers.flatMap(({ nannyPid, nannyStarts }) =>
      nannyPid === undefined || shared.has(nannyPid) ? [] : [[nannyPid, nannyStarts] as const],
    ),
  );
  const sum = (starts: Iterable<number>) => [...starts].reduce((total, count) => total + count, 0);
  set.add('piranha_nannies', { kind: 'own' }, own.size);
  set.add('piranha_nannies', { kind: 'shared' }, sharedNannies.filter(({ pid }) => pid !== undefined).length);
  set.add('piranha_nanny_starts', { kind: 'own' }, sum(own.values()));
  set.add('piranha_nanny_starts', { kind: 'shared' }, sum(sharedNannies.map(({ starts }) => starts)));
  if (ownProbes) addProbes(set, 'own', ownProbes);
  for (const { name: nanny, load } of sharedNannies) {
    if (load === undefined) continue;
    set.add('piranha_probed_services', { nanny }, load.services);
    set.add('piranha_probes_running', { nanny }, load.running);
    set.add('piranha_probes_waiting', { nanny }, load.waiting);
    addProbes(set, nanny, load);
  }
}

/** What lvsd tells. */
export function addLvsd(set: MetricSet, status: LvsdStatus): void {
  set.add('piranha_lvsd_ready', {}, status.ready);
  set.add('piranha_table_in_sync', {}, status.tableInSync);
  set.add('piranha_table_problems', {}, status.problems.length);
  set.add('piranha_table_foreign_entries', {}, status.foreignEntries.length);
  set.add('piranha_last_reload_success', {}, status.lastReload?.ok);
  set.add('piranha_last_reload_timestamp_seconds', {}, timestamp(status.lastReload?.at));
  let left = SERVER_LIMIT;
  let omitted = 0;
  for (const service of status.services) {
    addService(set, service);
    const labels = { service: service.name, key: service.key };
    const told = service.servers.slice(0, left);
    for (const server of told) addServer(set, labels, server);
    left -= told.length;
    omitted += service.servers.length - told.length;
  }
  set.add('piranha_servers_omitted', {}, omitted);
  addNannies(set, status);
  addEvents(set, 'lvsd', status.eventCounts);
}
