import {
  type ServerOperation,
  type ServiceKey,
  serverKeyText,
  serviceKeyText,
  type Table,
  type TableOperation,
  type TableService,
} from './model.js';

/** What an operation does to a table, with the refusals that the kernel has for it. */
export type ApplyResult =
  | { readonly ok: true; readonly table: Table }
  | { readonly ok: false; readonly message: string };

/** ipvsadm's words for them. */
export const REFUSALS = {
  noService: 'No such service',
  /** The same, when it was an operation on one of its servers. */
  serviceUndefined: 'Service not defined',
  noServer: 'No such destination',
  serviceExists: 'Service already exists',
  serverExists: 'Destination already exists',
} as const;

function refused(message: string): ApplyResult {
  return { ok: false, message };
}

function findService(table: Table, key: ServiceKey): TableService | undefined {
  const text = serviceKeyText(key);
  return table.services.find((service) => serviceKeyText(service.key) === text);
}

function replaced(table: Table, old: TableService, next: TableService): ApplyResult {
  return {
    ok: true,
    table: { services: table.services.map((service) => (service === old ? next : service)) },
  };
}

function applyToServer(table: Table, service: TableService, operation: ServerOperation): ApplyResult {
  const text = serverKeyText(operation.type === 'deleteServer' ? operation : operation.server);
  const known = service.servers.find((server) => serverKeyText(server) === text);
  switch (operation.type) {
    case 'addServer':
      if (known !== undefined) return refused(REFUSALS.serverExists);
      return replaced(table, service, { ...service, servers: [...service.servers, operation.server] });
    case 'editServer': {
      if (known === undefined) return refused(REFUSALS.noServer);
      const servers = service.servers.map((server) => (server === known ? operation.server : server));
      return replaced(table, service, { ...service, servers });
    }
    case 'deleteServer': {
      if (known === undefined) return refused(REFUSALS.noServer);
      const servers = service.servers.filter((server) => server !== known);
      return replaced(table, service, { ...service, servers });
    }
  }
}

/** Carries one operation out on a model of the table. */
export function tryOperation(table: Table, operation: TableOperation): ApplyResult {
  const addsOrEdits = operation.type === 'addService' || operation.type === 'editService';
  const service = findService(table, addsOrEdits ? operation.service.key : operation.key);
  if (operation.type === 'addService') {
    if (service !== undefined) return refused(REFUSALS.serviceExists);
    return { ok: true, table: { services: [...table.services, { ...operation.service, servers: [] }] } };
  }
  if (service === undefined) {
    const onService = addsOrEdits || operation.type === 'deleteService';
    return refused(onService ? REFUSALS.noService : REFUSALS.serviceUndefined);
  }
  if (operation.type === 'editService') {
    return replaced(table, service, { ...operation.service, servers: service.servers });
  }
  if (operation.type === 'deleteService') {
    return { ok: true, table: { services: table.services.filter((other) => other !== service) } };
  }
  return applyToServer(table, service, operation);
}

/** As tryOperation; a refused operation leaves the table as it is. */
export function applyOperation(table: Table, operation: TableOperation): Table {
  const result = tryOperation(table, operation);
  return result.ok ? result.table : table;
}
