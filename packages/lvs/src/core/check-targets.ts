import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';

/** One real service that a nanny watches. */
export interface CheckTarget {
  /** Name that stays the same over reloads: service, protocol, real address and checked port. */
  readonly id: string;
  readonly service: VirtualServerConfig;
  readonly server: RealServerConfig;
}

/** What is watched, and which target answers for which server block. */
export interface TargetIndex {
  /** One for each identity, in the order of the file. */
  readonly targets: readonly CheckTarget[];
  /** The identity that answers for a server block; undefined for a block that is not active. */
  idOf(server: RealServerConfig): string | undefined;
}

/** Two blocks of one name are two services, so the second is `web#2`. */
function serviceLabels(services: readonly VirtualServerConfig[]): Map<VirtualServerConfig, string> {
  const seen = new Map<string, number>();
  const labels = new Map<VirtualServerConfig, string>();
  for (const service of services) {
    const count = (seen.get(service.name) ?? 0) + 1;
    seen.set(service.name, count);
    labels.set(service, count === 1 ? service.name : `${service.name}#${count}`);
  }
  return labels;
}

/**
 * Lists the real services that need a nanny: active servers of active services. Server blocks of one identity share
 * one nanny, as in the original.
 */
export function indexTargets(configuration: LvsConfiguration): TargetIndex {
  const targets = new Map<string, CheckTarget>();
  const ids = new Map<RealServerConfig, string>();
  const labels = serviceLabels(configuration.virtualServers);
  for (const service of configuration.virtualServers) {
    if (!service.active) continue;
    for (const server of service.servers) {
      if (!server.active) continue;
      const id = `${labels.get(service)} ${service.protocol} ${server.address}:${server.port}`;
      ids.set(server, id);
      if (!targets.has(id)) targets.set(id, { id, service, server });
    }
  }
  return { targets: [...targets.values()], idOf: (server) => ids.get(server) };
}
