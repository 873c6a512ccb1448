import type { PathStatus, PulseStatus } from '@piranha/protocol';
import type { MetricSet } from './metric-set.js';

const PARTNER_STATES = ['running', 'stopped', 'silent', 'none'] as const;

/** Seconds of milliseconds. */
export function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1_000;
}

/** Seconds since 1970 of an ISO 8601 text. */
export function timestamp(iso: string | undefined): number | undefined {
  return iso === undefined ? undefined : seconds(Date.parse(iso));
}

/** A counter for each event id. */
export function addEvents(
  set: MetricSet,
  process: string,
  counts: Readonly<Record<string, number>> | undefined,
): void {
  for (const [event, count] of Object.entries(counts ?? {})) {
    set.add('piranha_events_total', { process, event }, count);
  }
}

function addPath(set: MetricSet, { name, director, sent, received, silentMs, quality }: PathStatus): void {
  // Of several directors each has paths of the same names.
  const path = director === undefined ? name : `${director} ${name}`;
  set.add('piranha_heartbeats_sent_total', { path }, sent);
  set.add('piranha_heartbeats_received_total', { path }, received);
  set.add('piranha_heartbeat_silence_seconds', { path }, seconds(silentMs));
  for (const [window, measured] of Object.entries(quality ?? {})) {
    const { beats, lost, p50Ms, p99Ms, p999Ms, maxMs, longestGapMs } = measured;
    set.add('piranha_heartbeats_heard', { path, window }, beats);
    set.add('piranha_heartbeats_lost', { path, window }, lost);
    set.add('piranha_heartbeat_longest_gap_seconds', { path, window }, seconds(longestGapMs));
    const quantiles = { '0.5': p50Ms, '0.99': p99Ms, '0.999': p999Ms, '1': maxMs };
    for (const [quantile, lateMs] of Object.entries(quantiles)) {
      set.add('piranha_heartbeat_lateness_seconds', { path, window, quantile }, seconds(lateMs));
    }
  }
}

function addPartner(set: MetricSet, { partner, heartbeat }: PulseStatus): void {
  for (const state of PARTNER_STATES) set.add('piranha_partner_state', { state }, partner === state);
  const { partner: said, dropped = {} } = heartbeat ?? {};
  set.add('piranha_partner_heard_seconds', {}, seconds(said?.heardAgoMs));
  set.add('piranha_partner_listened_seconds', {}, said?.readiness.listenedSeconds);
  for (const [reason, count] of Object.entries(dropped)) {
    set.add('piranha_heartbeats_dropped_total', { reason }, count);
  }
}

function addDirectors(set: MetricSet, { directors = [] }: PulseStatus): void {
  for (const { name: director, life, duty, ready, heardAgoMs } of directors) {
    set.add('piranha_director_alive', { director }, life === 'alive');
    set.add('piranha_director_active', { director }, duty === 'active');
    set.add('piranha_director_ready', { director }, ready);
    set.add('piranha_director_heard_seconds', { director }, seconds(heardAgoMs));
  }
}

/** Where there is nothing to be known, everything is known. */
function ratio({ known, total }: { readonly known: number; readonly total: number }): number {
  return total === 0 ? 1 : known / total;
}

function addSync(set: MetricSet, { sync, witness }: PulseStatus): void {
  set.add('piranha_sync_connections', {}, sync?.connections?.total);
  set.add('piranha_sync_learned_connections', {}, sync?.connections?.synced);
  set.add('piranha_coverage_connections', {}, sync?.coverage?.total);
  set.add('piranha_coverage_known_connections', {}, sync?.coverage?.known);
  set.add('piranha_partner_coverage_ratio', {}, sync?.coverage && ratio(sync.coverage));
  set.add('piranha_witnesses_enough', {}, witness?.isEnough);
  for (const { name, reach } of witness?.targets ?? []) {
    if (reach !== 'unknown') set.add('piranha_witness_reachable', { witness: name }, reach === 'reachable');
  }
}

/** What pulse tells. */
export function addPulse(set: MetricSet, status: PulseStatus): void {
  set.add('piranha_role', { role: status.role }, 1);
  set.add('piranha_active', {}, status.active);
  for (const { name: group, active, preferred } of status.groups ?? []) {
    set.add('piranha_group_active', { group }, active);
    set.add('piranha_group_preferred', { group }, preferred === status.role);
  }
  set.add('piranha_state', { state: status.state }, 1);
  set.add('piranha_state_since_timestamp_seconds', {}, timestamp(status.since));
  set.add('piranha_ready', {}, status.readiness?.ready);
  set.add('piranha_maintenance_standby', {}, status.maintenance !== undefined);
  set.add('piranha_addresses_held', {}, status.vips.length);
  set.add('piranha_keepalive_seconds', {}, seconds(status.keepaliveMs));
  set.add('piranha_deadtime_seconds', {}, seconds(status.deadtimeMs));
  set.add('piranha_adaptive_threshold_seconds', {}, seconds(status.adaptive?.thresholdMs));
  for (const path of status.paths) addPath(set, path);
  addPartner(set, status);
  addDirectors(set, status);
  addSync(set, status);
  for (const { name, starts } of status.children)
    set.add('piranha_process_starts', { process: name }, starts);
  const { eventCounts } = status;
  addEvents(set, 'pulse', eventCounts);
  if (eventCounts === undefined) return;
  set.add('piranha_takeovers_total', {}, eventCounts.PULSE_ACTIVE ?? 0);
  set.add('piranha_releases_total', {}, eventCounts.PULSE_STANDBY ?? 0);
}
