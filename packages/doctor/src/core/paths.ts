import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';

/** A machine on a network of this one. */
export interface Neighbour {
  readonly address: string;
  readonly mac: string;
  /** Through which this machine reaches it. */
  readonly device: string;
}

/** An IPv4 address of this machine that a neighbour can answer to. */
export interface OwnAddress {
  readonly address: string;
  readonly device: string;
}

/**
 * The beginning of a connection that a real server is sent. `direct`: for a VIP, as a director forwards it. `nat`: for
 * itself, from a client elsewhere, to see whether the answer comes back through the director.
 */
export interface Path {
  readonly kind: 'direct' | 'nat';
  readonly server: string;
  readonly neighbour: Neighbour;
  readonly sourceAddress: string;
  readonly targetAddress: string;
  readonly port: number;
}

/** A client that exists nowhere (RFC 5737). */
const CLIENT = '192.0.2.1';
/** Paths that are tried at most. */
const MOST_PATHS = 500;

/**
 * Every path that can be tried from here: services of TCP and IPv4 whose real servers are neighbours. Under NAT the
 * answers come to whoever holds the router address.
 * @param isActive whether this director holds it
 */
export function pathsOf(
  configuration: LvsConfiguration,
  neighbours: readonly Neighbour[],
  own: readonly OwnAddress[],
  isActive: boolean,
): readonly Path[] {
  const paths = new Map<string, Path>();
  for (const virtual of configuration.virtualServers) {
    if (!virtual.active || virtual.family !== 4 || virtual.protocol !== 'tcp') continue;
    for (const server of virtual.servers.filter(({ active }) => active)) {
      const neighbour = neighbours.find(({ address }) => address === server.address);
      const path = neighbour && pathOf(virtual, server, neighbour, own);
      if (path === undefined || (path.kind === 'nat' && !isActive)) continue;
      paths.set(`${path.targetAddress} ${path.port} ${path.neighbour.mac}`, path);
    }
  }
  return [...paths.values()].slice(0, MOST_PATHS);
}

function pathOf(
  virtual: VirtualServerConfig,
  server: RealServerConfig,
  neighbour: Neighbour,
  own: readonly OwnAddress[],
): Path | undefined {
  const common = { server: server.name, neighbour };
  if (server.forwarding === 'nat') {
    if (server.port === 0) return undefined;
    return {
      ...common,
      kind: 'nat',
      sourceAddress: CLIENT,
      targetAddress: server.address,
      port: server.port,
    };
  }
  const source = own.find(({ device }) => device === neighbour.device);
  const hasTarget = server.forwarding === 'direct' && virtual.port > 0 && virtual.address !== undefined;
  if (!hasTarget || source === undefined) return undefined;
  return {
    ...common,
    kind: 'direct',
    sourceAddress: source.address,
    targetAddress: virtual.address.address,
    port: virtual.port,
  };
}
