/** Every metric that `lvsctl metrics` prints: its names and labels are an interface that never changes. */

export interface MetricFamily {
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly labels: readonly string[];
}

const SERVICE = ['service', 'key'] as const;
const SERVER = [...SERVICE, 'server', 'address'] as const;
const PATH_WINDOW = ['path', 'window'] as const;
const QUANTILE = ['nanny', 'quantile'] as const;

const gauge = <const Labels extends readonly string[]>(help: string, labels: Labels) =>
  ({ type: 'gauge', help, labels }) as const;
const counter = <const Labels extends readonly string[]>(help: string, labels: Labels) =>
  ({ type: 'counter', help, labels }) as const;

/** In the order in which they are printed. */
export const METRICS = {
  piranha_build_info: gauge('1; the version of each process that answers, and of lvsctl.', [
    'process',
    'version',
  ]),
  piranha_up: gauge('1 where the process answers or, for one that is not asked, lives.', ['process']),
  piranha_process_wanted: gauge(
    '0 for what this director does without on purpose, as a cold standby without lvsd.',
    ['process'],
  ),
  piranha_process_resident_memory_bytes: gauge(
    'Resident memory; of the nannies the sum, which counts shared pages for each.',
    ['process'],
  ),
  piranha_process_cpu_seconds_total: counter(
    'Processor time; of the nannies that of those that live now, so that it may fall.',
    ['process'],
  ),
  piranha_process_starts: gauge('How often pulse has started it.', ['process']),
  piranha_role: gauge('1 for the role of this director: primary or backup.', ['role']),
  piranha_active: gauge('1 while it holds the addresses; with groups, while it holds one of them.', []),
  piranha_group_active: gauge(
    '1 while it holds the addresses of this group; absent where lvs.cf has no vip_group.',
    ['group'],
  ),
  piranha_group_preferred: gauge('1 where this director is to hold the group while both are well.', [
    'group',
  ]),
  piranha_state: gauge('1 for the state that pulse is in.', ['state']),
  piranha_state_since_timestamp_seconds: gauge('When it came into this state.', []),
  piranha_ready: gauge('1 while it would take over well, or serves.', []),
  piranha_maintenance_standby: gauge('1 while an operator keeps it from taking anything by itself.', []),
  piranha_addresses_held: gauge('Virtual addresses that it holds.', []),
  piranha_keepalive_seconds: gauge('Time between two heartbeats.', []),
  piranha_deadtime_seconds: gauge('Silence after which the partner counts as dead.', []),
  piranha_adaptive_threshold_seconds: gauge('The same by what was measured, where lvs.cf says adaptive.', []),
  piranha_partner_state: gauge('1 for what the partner is: running, stopped, silent or none.', ['state']),
  piranha_partner_heard_seconds: gauge('Time since the partner was heard, with a heartbeat_key.', []),
  piranha_partner_listened_seconds: gauge(
    "How long the partner says it has listened to this director's connections, a day at most; with a heartbeat_key.",
    [],
  ),
  piranha_director_alive: gauge(
    '1 for each other director that is heard, where lvs.cf names them in blocks.',
    ['director'],
  ),
  piranha_director_active: gauge('1 for the other director that says it serves.', ['director']),
  piranha_director_ready: gauge('1 for each other director that would take over well.', ['director']),
  piranha_director_heard_seconds: gauge('Time since each other director was heard by this one.', [
    'director',
  ]),
  piranha_heartbeats_sent_total: counter('Heartbeats sent.', ['path']),
  piranha_heartbeats_received_total: counter('Heartbeats received.', ['path']),
  piranha_heartbeats_dropped_total: counter('Packets on the heartbeat port that changed nothing.', [
    'reason',
  ]),
  piranha_heartbeat_silence_seconds: gauge('Time since the last valid one.', ['path']),
  piranha_heartbeats_heard: gauge('Heartbeats that arrived in the last hour, day or 30 days.', PATH_WINDOW),
  piranha_heartbeats_lost: gauge('Heartbeats that did not.', PATH_WINDOW),
  piranha_heartbeat_lateness_seconds: gauge(
    'What a gap between two arrivals had beyond the keepalives in it; quantile 1 is the latest.',
    [...PATH_WINDOW, 'quantile'],
  ),
  piranha_heartbeat_longest_gap_seconds: gauge('The longest time between two arrivals.', PATH_WINDOW),
  piranha_takeovers_total: counter('How often it took the addresses, since pulse started.', []),
  piranha_releases_total: counter('How often it became standby, since pulse started.', []),
  piranha_events_total: counter(
    'Lines of the log above debug by event id (docs/logs.md), since the process started.',
    ['process', 'event'],
  ),
  piranha_sync_connections: gauge("Connections in the kernel's table.", []),
  piranha_sync_learned_connections: gauge('Those of them that were learned from the partner.', []),
  piranha_coverage_connections: gauge('On the active director: connections in use.', []),
  piranha_coverage_known_connections: gauge(
    'How many of them the partner knows at least, by the count of this director.',
    [],
  ),
  piranha_partner_coverage_ratio: gauge('Their share, 0 to 1; 1 without any connection in use.', []),
  piranha_witnesses_enough: gauge('1 while as many witnesses answer as must.', []),
  piranha_witness_reachable: gauge('1 for a witness that answers, 0 for one that does not.', ['witness']),
  piranha_lvsd_ready: gauge('1 once the table is loaded and every server had its first verdict.', []),
  piranha_table_in_sync: gauge('1 while the live table is as it should be.', []),
  piranha_table_problems: gauge('Why not, how many.', []),
  piranha_table_foreign_entries: gauge('Entries that are not ours.', []),
  piranha_last_reload_success: gauge("0 where lvsd's last reload was refused.", []),
  piranha_last_reload_timestamp_seconds: gauge('When that was.', []),
  piranha_service_sorry_server_active: gauge('1 while the sorry server stands in.', SERVICE),
  piranha_service_quorum_reached: gauge(
    '1 or 0, of services with a quorum, after the first verdicts.',
    SERVICE,
  ),
  piranha_service_panicking: gauge('1 while servers are used although their checks fail.', SERVICE),
  piranha_service_servers: gauge('Servers by what is believed of them: up, down or unknown.', [
    ...SERVICE,
    'health',
  ]),
  piranha_server_up: gauge('1 up, 0 down; absent before the first verdict.', SERVER),
  piranha_server_since_timestamp_seconds: gauge('Since when.', SERVER),
  piranha_server_weight: gauge('Weight in the live table; absent where it is not in it.', SERVER),
  piranha_server_configured_weight: gauge('Weight in lvs.cf.', SERVER),
  piranha_server_in_maintenance: gauge('1 while an operator keeps it out of service, or wants to.', SERVER),
  piranha_server_active_connections: gauge('Active connections.', SERVER),
  piranha_server_inactive_connections: gauge('Closing ones, and those without a state.', SERVER),
  piranha_server_connections_total: counter('Connections since the entry was made.', SERVER),
  piranha_servers_omitted: gauge('Servers beyond the first 10000, of which nothing is told one by one.', []),
  piranha_nannies: gauge('Nannies that live: own (of one real service) and shared.', ['kind']),
  piranha_nanny_starts: gauge('How often nannies were started, of those that are wanted now.', ['kind']),
  piranha_probed_services: gauge('Real services that a shared nanny watches.', ['nanny']),
  piranha_probes_running: gauge('Checks under way.', ['nanny']),
  piranha_probes_waiting: gauge('Checks that wait for their turn.', ['nanny']),
  piranha_probes_total: counter('Checks begun; nanny="own" are all nannies of one real service together.', [
    'nanny',
  ]),
  piranha_probes_failed_total: counter('Checks that failed.', ['nanny']),
  piranha_probes_per_second: gauge('Checks that all nannies begin in a second, of the last ten.', []),
  piranha_probe_budget_per_second: gauge('How many they may; absent without probes_per_second.', []),
  piranha_probes_held_back_total: counter('Checks that had to wait for that.', []),
  piranha_server_check_interval_seconds: gauge('From begin to begin of the last two checks.', SERVER),
  piranha_server_configured_check_interval_seconds: gauge(
    'From the end of a check to the begin of the next, in lvs.cf.',
    SERVER,
  ),
  piranha_probe_lateness_seconds: gauge(
    'How much later than due checks began in the last half to whole minute; quantile 1 is the latest.',
    QUANTILE,
  ),
  piranha_probe_interval_seconds: gauge('From begin to begin of one check, in the same time.', QUANTILE),
} as const satisfies Readonly<Record<string, MetricFamily>>;

export type MetricName = keyof typeof METRICS;

/** The labels of one family. */
export type LabelsOf<Name extends MetricName> = {
  readonly [Label in (typeof METRICS)[Name]['labels'][number]]: string;
};
