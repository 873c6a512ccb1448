import type { EventTemplate } from '../event.js';

const lvsd = (level: EventTemplate['level'], text: string): EventTemplate => ({ ident: 'lvsd', level, text });

/** lvsd. Phrases of the original stay as they were. */
export const LVSD_EVENTS = {
  LVSD_SERVICE_START: lvsd('info', 'starting virtual service {service} active: {port}'),
  LVSD_MONITOR_START: lvsd('info', 'create_monitor for {service}/{server} running as pid {pid}'),
  LVSD_MONITOR_FAILED: lvsd('error', 'create_monitor for {service}/{server} failed: {problem}'),
  LVSD_NANNY_DIED: lvsd('warning', 'nanny for child {service}/{server} died! restarting it'),
  LVSD_NANNY_HANGS: lvsd('error', 'nanny for child {service}/{server} hangs: killing it'),
  LVSD_SHARED_START: lvsd('info', 'nanny {nanny} running as pid {pid} for {services} real services'),
  LVSD_SHARED_FAILED: lvsd(
    'error',
    'nanny {nanny} for {services} real services cannot be started: {problem}',
  ),
  LVSD_SHARED_HANGS: lvsd('error', 'nanny {nanny} for {services} real services hangs: killing it'),
  LVSD_SHARED_DIED: lvsd('warning', 'nanny {nanny} for {services} real services died! restarting it'),
  LVSD_PROBES_LATE: lvsd(
    'warning',
    'checks of nanny {nanny} begin late, by {lateMs} ms one in a hundred: too many for this machine',
  ),
  LVSD_PROBES_ON_TIME: lvsd('info', 'checks of nanny {nanny} begin on time again'),
  LVSD_ORPHAN_ENDED: lvsd('warning', 'ended nanny {pid} that an earlier lvsd left behind'),
  LVSD_SERVER_UNWATCHED: lvsd('error', 'no nanny could watch {service}/{server}: taking it out of service'),
  LVSD_ADOPTED: lvsd('info', 'adopting {service}/{server} as the table has it: {health}'),
  LVSD_PRESUMED: lvsd('info', '{service}/{server} counts as {health} until its first check (initial_state)'),
  LVSD_SORRY_ON: lvsd(
    'warning',
    'Virtual Server {service}: No real servers; activate sorry_server {address}',
  ),
  LVSD_SORRY_OFF: lvsd(
    'info',
    'Virtual Server {service}: real servers are back; deactivate sorry_server {address}',
  ),
  LVSD_QUORUM_UP: lvsd('info', 'Virtual Server {service}: quorum reached, weight {weight} of {needed} is up'),
  LVSD_QUORUM_DOWN: lvsd(
    'warning',
    'Virtual Server {service}: quorum lost, weight {weight} of {needed} is up',
  ),
  LVSD_PANIC_ON: lvsd(
    'error',
    'Virtual Server {service}: {up} of {total} servers are up, less than panic_threshold: keeping {kept} more in use',
  ),
  LVSD_PANIC_OFF: lvsd(
    'info',
    'Virtual Server {service}: {up} of {total} servers are up: checks count again',
  ),
  LVSD_WEIGHT: lvsd(
    'info',
    'Adjusting weight of {address} to {weight} ({service}/{server}, was {before}): {reason}',
  ),
  LVSD_SERVICE_STOP: lvsd('info', 'shutting down virtual service {service}'),
  LVSD_STOP: lvsd('info', 'shutting down due to signal {signal}'),
  LVSD_LEFT: lvsd('info', 'leaving the table as it is, as asked'),
  LVSD_STOP_LEFTOVER: lvsd('error', 'own entries may be left in the table: {problem}'),
  LVSD_RELOAD: lvsd('info', 'rereading configuration file'),
  LVSD_RELOAD_REFUSED: lvsd('error', 'lvs: error parsing {file} on line {line}.'),
  LVSD_RELOADED: lvsd(
    'info',
    'configuration taken: {operations} table operations, {nannies} nannies touched',
  ),
  LVSD_CONFIG_WARNING: lvsd('warning', '{diagnostic}'),
  LVSD_CONFIG_LAST_GOOD: lvsd('error', '{file} is broken: going on with the last good one'),
  LVSD_CONFIG_ERROR: lvsd('error', '{diagnostic}'),
  LVSD_CLIENT_MONITOR: lvsd(
    'warning',
    "client_monitor {path} of {service} is not run: the suite's own nanny takes its place",
  ),
  LVSD_TABLE_LOADED: lvsd('info', 'table loaded from the {director} director'),
  LVSD_TABLE_OPERATION: lvsd('debug', 'table: {operation}'),
  LVSD_OPERATION_FAILED: lvsd('error', 'ipvsadm failed for virtual server {key}! {operation}: {problem}'),
  LVSD_TABLE_DRIFT: lvsd(
    'warning',
    'table was changed by somebody else: {operation} puts it right (table_drift = {policy})',
  ),
  LVSD_TABLE_DRIFT_MORE: lvsd(
    'warning',
    'table was changed by somebody else: {count} more operations put it right (table_drift = {policy})',
  ),
  LVSD_OPERATION_RECOVERED: lvsd('info', 'table operation works again: {operation}'),
  LVSD_TIMEOUTS_FAILED: lvsd('error', 'ipvsadm failed to set timeouts ({tcp} {tcpfin} {udp})'),
  LVSD_DIRECTOR_LOST: lvsd('error', 'director lost: {problem}'),
  LVSD_DIRECTOR_BACK: lvsd('info', 'director is back after {durationMs} ms'),
  LVSD_READY: lvsd('info', 'ready: table loaded, every server checked'),
  LVSD_STRANGER: {
    ...lvsd('warning', 'ignoring a message that no nanny of ours sent: {message}'),
    limitedBy: ['message'],
  },
} as const;
