import { type ApplyResult, REFUSALS } from './apply.js';
import {
  type ServerOperation,
  type ServiceKey,
  type ServiceSettings,
  serverKeyText,
  serviceKeyText,
  type Table,
  type TableOperation,
  type TableServer,
} from './model.js';

interface Entry {
  settings: ServiceSettings;
  readonly servers: Map<string, TableServer>;
}

type Refusal = Extract<ApplyResult, { ok: false }>['message'];

/** A large table that operations change in place: as tryOperation, in constant time each. */
export class TableBuilder {
  private readonly services = new Map<string, Entry>();

  constructor(start: Table = { services: [] }) {
    for (const { servers, ...settings } of start.services) {
      const entries = servers.map((server) => [serverKeyText(server), server] as const);
      this.services.set(serviceKeyText(settings.key), { settings, servers: new Map(entries) });
    }
  }

  /** The kernel's message if it would refuse the operation. */
  refusalOf(operation: TableOperation): Refusal | undefined {
    const entry = this.entry(keyOf(operation));
    switch (operation.type) {
      case 'addService':
        return entry && REFUSALS.serviceExists;
      case 'editService':
      case 'deleteService':
        return entry ? undefined : REFUSALS.noService;
      case 'addServer':
        if (entry === undefined) return REFUSALS.serviceUndefined;
        return entry.servers.has(serverKeyText(operation.server)) ? REFUSALS.serverExists : undefined;
      case 'editServer':
      case 'deleteServer':
        if (entry === undefined) return REFUSALS.serviceUndefined;
        return entry.servers.has(serverText(operation)) ? undefined : REFUSALS.noServer;
    }
  }

  /** Carries an operation out that is not refused. */
  carryOut(operation: TableOperation): void {
    const text = serviceKeyText(keyOf(operation));
    const entry = this.services.get(text);
    switch (operation.type) {
      case 'addService':
        this.services.set(text, { settings: operation.service, servers: new Map() });
        return;
      case 'editService':
        if (entry) entry.settings = operation.service;
        return;
      case 'deleteService':
        this.services.delete(text);
        return;
      case 'addServer':
      case 'editServer':
        entry?.servers.set(serverText(operation), operation.server);
        return;
      case 'deleteServer':
        entry?.servers.delete(serverText(operation));
    }
  }

  /** The table as it is now, in the order of the additions. */
  table(): Table {
    const services = [...this.services.values()];
    return {
      services: services.map(({ settings, servers }) => ({ ...settings, servers: [...servers.values()] })),
    };
  }

  private entry(key: ServiceKey): Entry | undefined {
    return this.services.get(serviceKeyText(key));
  }
}

/** Key of the service that an operation concerns. */
export function keyOf(operation: TableOperation): ServiceKey {
  return 'service' in operation ? operation.service.key : operation.key;
}

function serverText(operation: ServerOperation): string {
  return serverKeyText('server' in operation ? operation.server : operation);
}
