import type { LvsConfiguration } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import { serviceKeyText, type TableOperation } from '@piranha/ipvs';
import type { SorryChange } from '../core/sorry-watch.js';
import type { TableNotice } from './table-writer.js';

/** The path that the original's configurations name by default. */
const USUAL_MONITOR = '/usr/sbin/nanny';

function keyOf(operation: TableOperation): string {
  return serviceKeyText('service' in operation ? operation.service.key : operation.key);
}

/** One line for what became of the table or its backend. */
export function logTableNotice(log: EventLog, notice: TableNotice): void {
  switch (notice.type) {
    case 'logLost':
      log.log('LVSD_DIRECTOR_LOST', { problem: notice.message });
      return;
    case 'logFailed':
      log.log('LVSD_OPERATION_FAILED', {
        key: keyOf(notice.operation),
        operation: notice.text,
        problem: notice.message,
      });
      return;
    case 'logRecovered':
      log.log('LVSD_OPERATION_RECOVERED', { operation: notice.text });
      return;
    case 'logDrift':
      for (const operation of notice.texts) {
        log.log('LVSD_TABLE_DRIFT', { operation, policy: notice.policy });
      }
      if (notice.more > 0) log.log('LVSD_TABLE_DRIFT_MORE', { count: notice.more, policy: notice.policy });
      return;
    case 'logApplied':
      log.log('LVSD_TABLE_OPERATION', { operation: notice.text });
      return;
  }
}

/** The original's line for each sorry server that enters, and one for each that leaves. */
export function logSorryChanges(log: EventLog, changes: readonly SorryChange[]): void {
  for (const { service, address, active } of changes) {
    log.log(active ? 'LVSD_SORRY_ON' : 'LVSD_SORRY_OFF', { service, address });
  }
}

/** Says which services begin, and which monitors of theirs are not run. */
export function logServiceStarts(
  log: EventLog,
  configuration: LvsConfiguration,
  alreadyActive: ReadonlySet<string> = new Set(),
): void {
  for (const { active, name, port, check } of configuration.virtualServers) {
    if (!active || alreadyActive.has(name)) continue;
    log.log('LVSD_SERVICE_START', { service: name, port });
    if (check.clientMonitor !== USUAL_MONITOR) {
      log.log('LVSD_CLIENT_MONITOR', { service: name, path: check.clientMonitor });
    }
  }
}

/** Says which services end. */
export function logServiceStops(
  log: EventLog,
  configuration: LvsConfiguration,
  stillActive: ReadonlySet<string> = new Set(),
): void {
  for (const { active, name } of configuration.virtualServers) {
    if (active && !stillActive.has(name)) log.log('LVSD_SERVICE_STOP', { service: name });
  }
}

/** Names of the active services. */
export function activeNames(configuration: LvsConfiguration): ReadonlySet<string> {
  return new Set(configuration.virtualServers.filter(({ active }) => active).map(({ name }) => name));
}
