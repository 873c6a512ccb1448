import {
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

const NO_SERVICE = 'No such service';
const NO_SERVER = 'No such destination';
const SERVICE_EXISTS = 'Service already exists';
const SERVER_EXISTS = 'Destination already exists';

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

function applyToServer(
  table: Table,
  service: TableService,
  operation: Extract<TableOperation, { type: 'addServer' | 'editServer' | 'deleteServer' }>,
): ApplyResult {
  const text = serverKeyText(operation.type === 'deleteServer' ? operation : operation.server);
  const known = service.servers.find((server) => serverKeyText(server) === text);
  switch (operation.type) {
    case 'addServer':
      if (known !== undefined) return refused(SERVER_EXISTS);
      return replaced(table, service, { ...service, servers: [...service.servers, operation.server] });
    case 'editServer': {
      if (known === undefined) return refused(NO_SERVER);
      const servers = service.servers.map((server) => (server === known ? operation.server : server));
      return replaced(table, service, { ...service, servers });
    }
    case 'deleteServer': {
      if (known === undefined) return refused(NO_SERVER);
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
    if (service !== undefined) return refused(SERVICE_EXISTS);
    return { ok: true, table: { services: [...table.services, { ...operation.service, servers: [] }] } };
  }
  if (service === undefined) return refused(NO_SERVICE);
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
