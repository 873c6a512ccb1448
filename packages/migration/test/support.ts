import type { ServiceKey, Table, TableServer, TableService } from '@piranha/ipvs';
import type { ServerStatus, ServiceStatus } from '@piranha/protocol';

export const WEB = {
  kind: 'address',
  protocol: 'tcp',
  address: '10.0.0.9',
  port: 80,
} as const satisfies ServiceKey;

/** A server of the table, `10.0.0.11:80` by direct routing with weight 1 unless said otherwise. */
export function entry(last: number, more: Partial<TableServer> = {}): TableServer {
  return {
    address: `10.0.0.${last}`,
    port: 80,
    forwarding: 'direct',
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    ...more,
  };
}

export function service(servers: readonly TableServer[], more: Partial<TableService> = {}): TableService {
  return {
    key: WEB,
    scheduler: 'rr',
    schedulerFlags: [],
    persistentSeconds: 0,
    persistenceMask: undefined,
    onePacket: false,
    servers,
    ...more,
  };
}

export function table(...services: readonly TableService[]): Table {
  return { services };
}

/** What lvsd says of a server. */
export function known(last: number, reason: string): ServerStatus {
  return {
    name: `s${last}`,
    address: `10.0.0.${last}`,
    port: 80,
    health: 'up',
    configuredWeight: 1,
    reason,
    since: '2026-01-01T00:00:00Z',
    activeConnections: 0,
    inactiveConnections: 0,
    connections: 0,
    nannyStarts: 1,
  };
}

export function status(...servers: readonly ServerStatus[]): { readonly services: readonly ServiceStatus[] } {
  return {
    services: [{ name: 'web', key: 'tcp 10.0.0.9:80', scheduler: 'rr', sorryServerActive: false, servers }],
  };
}
