import type { LvsConfiguration } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import type { Table } from '@piranha/ipvs';
import type { Notifier } from '@piranha/notify';
import { sorryNotices } from '../core/notices.js';
import { sorryChanges } from '../core/sorry-watch.js';
import { TableIndex } from '../core/table-places.js';
import { desiredOf } from '../core/table-tools.js';
import { logSorryChanges } from './log-lines.js';
import type { Monitoring } from './monitoring.js';
import type { ServiceBoard } from './service-board.js';

interface TableMakerOptions {
  readonly configuration: () => LvsConfiguration;
  readonly services: ServiceBoard;
  readonly monitoring: Monitoring;
  readonly notifier: Notifier;
  readonly log: EventLog;
}

/** The table as it should be, of health, orders and rules; and what is to be told of its sorry servers. */
export class TableMaker {
  private desired: Table = { services: [] };
  /** The table whose sorry servers were told last. */
  private told: Table = { services: [] };

  constructor(private readonly options: TableMakerOptions) {}

  /** As it should be by the last look. */
  get table(): Table {
    return this.desired;
  }

  /** Goes on from the live table. */
  adopt(live: Table): void {
    this.options.services.adopt(this.options.configuration().virtualServers, new TableIndex(live));
    this.desired = live;
    this.told = live;
  }

  /** Works the table out anew. */
  make(): Table {
    const { services, monitoring, log } = this.options;
    const configuration = this.options.configuration();
    services.judge(configuration, (server) => monitoring.isSettled(server));
    monitoring.useAs(({ service, server }) => services.verdictOf(service, server));
    const desired = desiredOf(configuration, (server, service) => services.verdictOf(service, server), {
      lacksQuorum: (service) => services.lacksQuorum(service),
      weightOf: (server) => monitoring.weightOf(server),
    });
    logSorryChanges(log, sorryChanges(configuration, this.desired, desired));
    this.desired = desired;
    return desired;
  }

  /** Before the first verdicts every sorry server stands in, which is no news. */
  tellSorry(): void {
    const { monitoring, notifier } = this.options;
    if (!monitoring.settled) return;
    const configuration = this.options.configuration();
    const changes = sorryChanges(configuration, this.told, this.desired);
    this.told = this.desired;
    for (const notice of sorryNotices(configuration.virtualServers, changes)) notifier.tell(notice);
  }
}
