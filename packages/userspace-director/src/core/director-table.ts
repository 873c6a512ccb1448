import {
  type OperationResult,
  type ServiceKey,
  type ServiceStatistics,
  serviceKeyText,
  type Table,
  type TableOperation,
} from '@piranha/ipvs';
import { type ServerEntry, ServiceEntry } from './entries.js';
import { FRESH_MEMORY } from './scheduler.js';
import { unsupportedServer, unsupportedService } from './support.js';

/** What one operation did. */
export interface TableChange {
  readonly result: OperationResult;
  /** Servers that left the table: their connections have to be reset, as with the kernel's expire_nodest_conn=1. */
  readonly removed: readonly ServerEntry[];
}

export interface TableLimits {
  readonly services: number;
  /** Servers of all services together. */
  readonly servers: number;
}

type OperationOf<Type extends TableOperation['type']> = Extract<TableOperation, { type: Type }>;

const DONE: TableChange = { result: { ok: true }, removed: [] };

function refuse(message: string): TableChange {
  return { result: { ok: false, message }, removed: [] };
}

/** The director's live table: settings, counters and connections of each entry. */
export class DirectorTable {
  private readonly byKey = new Map<string, ServiceEntry>();
  private serverCount = 0;

  constructor(private readonly limits: TableLimits) {}

  /** All services in the order in which they were added. */
  services(): IterableIterator<ServiceEntry> {
    return this.byKey.values();
  }

  /** The settings as a plain table, weights and all. */
  read(): Table {
    const services = [...this.byKey.values()].map((service) => ({
      ...service.settings,
      servers: service.servers.map((server) => server.settings),
    }));
    return { services };
  }

  /** Counters of every entry. */
  statistics(): ServiceStatistics[] {
    return [...this.byKey.values()].map((service) => {
      const templates = service.persistence.countByServer();
      const servers = service.servers.map((server) => ({
        address: server.settings.address,
        port: server.settings.port,
        activeConnections: server.activeConnections,
        inactiveConnections: server.inactiveConnections,
        persistentConnections: templates.get(server) ?? 0,
        ...server.counters,
      }));
      return { key: service.settings.key, ...service.counters, servers };
    });
  }

  /** Carries one operation out; refusals in ipvsadm's words. */
  apply(operation: TableOperation): TableChange {
    switch (operation.type) {
      case 'addService':
        return this.addService(operation);
      case 'editService':
        return this.editService(operation);
      case 'deleteService':
        return this.deleteService(operation);
      case 'addServer':
        return this.addServer(operation);
      case 'editServer':
        return this.editServer(operation);
      case 'deleteServer':
        return this.deleteServer(operation);
    }
  }

  private find(key: ServiceKey): ServiceEntry | undefined {
    return this.byKey.get(serviceKeyText(key));
  }

  private addService({ service }: OperationOf<'addService'>): TableChange {
    if (this.find(service.key)) return refuse('Service already exists');
    const reason = unsupportedService(service);
    if (reason !== undefined) return refuse(reason);
    if (this.byKey.size >= this.limits.services) return refuse(`over ${this.limits.services} services`);
    this.byKey.set(serviceKeyText(service.key), new ServiceEntry(service));
    return DONE;
  }

  private editService({ service }: OperationOf<'editService'>): TableChange {
    const entry = this.find(service.key);
    if (!entry) return refuse('No such service');
    const reason = unsupportedService(service);
    if (reason !== undefined) return refuse(reason);
    // Groups of another mask mean other clients.
    const keepsGroups =
      service.persistentSeconds > 0 && service.persistenceMask === entry.settings.persistenceMask;
    if (!keepsGroups) entry.persistence.clear();
    entry.settings = service;
    entry.memory = FRESH_MEMORY;
    return DONE;
  }

  private deleteService({ key }: OperationOf<'deleteService'>): TableChange {
    const entry = this.find(key);
    if (!entry) return refuse('No such service');
    this.byKey.delete(serviceKeyText(key));
    this.serverCount -= entry.servers.length;
    for (const server of entry.servers) server.isRemoved = true;
    return { result: { ok: true }, removed: entry.servers };
  }

  private addServer({ key, server }: OperationOf<'addServer'>): TableChange {
    const service = this.find(key);
    if (!service) return refuse('No such service');
    if (service.find(server)) return refuse('Destination already exists');
    const reason = unsupportedServer(server);
    if (reason !== undefined) return refuse(reason);
    if (this.serverCount >= this.limits.servers) return refuse(`over ${this.limits.servers} real servers`);
    service.add(server);
    this.serverCount += 1;
    return DONE;
  }

  private editServer({ key, server }: OperationOf<'editServer'>): TableChange {
    const service = this.find(key);
    if (!service) return refuse('No such service');
    const entry = service.find(server);
    if (!entry) return refuse('No such destination');
    entry.settings = server;
    entry.updateOverload();
    service.memory = FRESH_MEMORY;
    return DONE;
  }

  private deleteServer(operation: OperationOf<'deleteServer'>): TableChange {
    const service = this.find(operation.key);
    if (!service) return refuse('No such service');
    const entry = service.find(operation);
    if (!entry) return refuse('No such destination');
    service.remove(entry);
    this.serverCount -= 1;
    return { result: { ok: true }, removed: [entry] };
  }
}
