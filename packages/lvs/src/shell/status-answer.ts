import { monotonicNowMs, SUITE_VERSION } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import type { Table } from '@piranha/ipvs';
import type { LvsdStatus } from '@piranha/protocol';
import { serviceStatuses } from '../core/status.js';
import { isTableInSync, tableProblems } from '../core/table-health.js';
import { foreignTexts } from '../core/table-tools.js';
import type { MaintenanceOrders } from './maintenance-orders.js';
import type { Monitoring } from './monitoring.js';
import type { ServiceBoard } from './service-board.js';
import type { StatisticsCache } from './statistics-cache.js';
import type { TableWriter } from './table-writer.js';

interface StatusParts {
  readonly configuration: LvsConfiguration;
  readonly monitoring: Monitoring;
  readonly maintenance: MaintenanceOrders;
  readonly services: ServiceBoard;
  readonly writer: TableWriter;
  readonly statistics: StatisticsCache;
  /** The table as it should be. */
  readonly desired: Table;
  /** What the daemon says of itself. */
  readonly own: Pick<LvsdStatus, 'configFile' | 'director' | 'ready' | 'history' | 'eventCounts'> & {
    readonly lastReload: LvsdStatus['lastReload'];
  };
}

/** Answer of `status`. */
export async function statusAnswer(parts: StatusParts): Promise<LvsdStatus> {
  const { configuration, monitoring, maintenance, writer, desired, own } = parts;
  const statistics = await parts.statistics.read(writer.backend);
  const { state } = writer;
  const { sharedNannies } = monitoring;
  const live = state.live ?? { services: [] };
  const epochMs = Date.now() - monotonicNowMs();
  const statuses = serviceStatuses({
    configuration,
    live,
    statistics,
    healthOf: (server) => monitoring.healthOf(server),
    nannyOf: (server) => monitoring.nannyOf(server),
    maintenanceOf: (server) => maintenance.statusOf(server),
    weightOf: (server) => monitoring.weightOf(server),
    checkIntervalOf: (server) => monitoring.checkIntervalOf(server),
    rulesOf: (service) => parts.services.rulesOf(service),
    isoTime: (monotonicMs) => new Date(epochMs + monotonicMs).toISOString(),
  });
  const { lastReload, ...rest } = own;
  return {
    version: SUITE_VERSION,
    pid: process.pid,
    ...rest,
    tableInSync: isTableInSync(state),
    problems: tableProblems(state),
    ...(lastReload ? { lastReload } : {}),
    services: statuses,
    ...(sharedNannies.length > 0 ? { sharedNannies } : {}),
    ownProbes: monitoring.ownProbes,
    probeRate: monitoring.probeRate,
    foreignEntries: foreignTexts(live, desired, state.owned),
  };
}
