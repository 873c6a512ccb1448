import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import type { LinkFact } from './facts.js';

/** A machine on a network of this one. */
export interface Neighbour {
  readonly address: string;
  readonly mac: string;
  /** Through which this machine reaches it. */
  readonly device: string;
}

/** An IPv4 address of this machine that others can answer to. */
interface OwnAddress {
  readonly address: string;
  readonly device: string;
}

/**
 * The beginning of a connection that a real server is sent. `direct`: for a VIP, as a director forwards it. `nat`: for
 * itself, from a client elsewhere, to see whether the answer comes back through the director. `tunnel`: for a VIP,
 * within a packet to the server.
 */
export interface Path {
  readonly kind: 'direct' | 'nat' | 'tunnel';
  readonly server: string;
  readonly serverAddress: string;
  /** Of a neighbour; undefined under tunnelling, where routers may be on the way. */
  readonly mac: string | undefined;
  /** By which it goes, and the answer comes. */
  readonly device: string;
  readonly sourceAddress: string;
  readonly targetAddress: string;
  readonly port: number;
  /** Another one of a client's full size is to be sent, which fits into a tunnel on this side. */
  readonly tryFull: boolean;
}

/** What is known of the surroundings. */
interface Surroundings {
  readonly neighbours: readonly Neighbour[];
  readonly own: readonly OwnAddress[];
  /** The interface to each address. */
  readonly routes: ReadonlyMap<string, string | undefined>;
  readonly links: readonly LinkFact[];
  /** This director holds the VIPs and the router address. */
  readonly isActive: boolean;
}

/** A client that exists nowhere (RFC 5737). */
const CLIENT = '192.0.2.1';
/** Paths that are tried at most, of all and of one server. */
const MOST_PATHS = 500;
const MOST_OF_A_SERVER = 4;
/** A client's full packet with what a tunnel adds. */
const FULL_BYTES = 1_520;

/**
 * Every path that is to be tried from here: services of TCP and IPv4 whose real servers are neighbours, or reached by a
 * tunnel. Under NAT the answers come to whoever holds the router address. One server gets a few only, of as many VIPs
 * as there are.
 */
export function pathsOf(
  configuration: LvsConfiguration,
  surroundings: Surroundings,
): { readonly paths: readonly Path[]; readonly leftOut: number } {
  const found = new Map<string, Path>();
  for (const virtual of configuration.virtualServers) {
    if (!virtual.active || virtual.family !== 4 || virtual.protocol !== 'tcp') continue;
    for (const server of virtual.servers.filter(({ active }) => active)) {
      const path = pathOf(virtual, server, surroundings);
      if (path === undefined) continue;
      found.set(`${path.kind} ${path.targetAddress} ${path.port} ${path.serverAddress}`, path);
    }
  }
  const all = [...found.values()];
  const counts = new Map<string, number>();
  const chosen = firstOfEachVip(all).filter(({ serverAddress }) => {
    const count = counts.get(serverAddress) ?? 0;
    counts.set(serverAddress, count + 1);
    return count < MOST_OF_A_SERVER;
  });
  const paths = chosen.slice(0, MOST_PATHS);
  return { paths, leftOut: all.length - paths.length };
}

/** Other ports of the same VIP last: they tell little more. */
function firstOfEachVip(paths: readonly Path[]): readonly Path[] {
  const seen = new Set<string>();
  const first: Path[] = [];
  const others: Path[] = [];
  for (const path of paths) {
    const key = `${path.kind} ${path.targetAddress} ${path.serverAddress}`;
    (seen.has(key) ? others : first).push(path);
    seen.add(key);
  }
  return [...first, ...others];
}

function pathOf(
  virtual: VirtualServerConfig,
  server: RealServerConfig,
  { neighbours, own, routes, links, isActive }: Surroundings,
): Path | undefined {
  const { name, address, forwarding } = server;
  const neighbour = neighbours.find((one) => one.address === address);
  const common = { server: name, serverAddress: address, mac: neighbour?.mac, tryFull: false };
  if (forwarding === 'nat') {
    if (server.port === 0 || neighbour === undefined || !isActive) return undefined;
    const { device } = neighbour;
    const addresses = { sourceAddress: CLIENT, targetAddress: address, port: server.port };
    return { ...common, kind: 'nat', device, ...addresses };
  }
  const isDirect = forwarding === 'direct';
  const device = isDirect ? neighbour?.device : routes.get(address);
  const source = own.find((one) => one.device === device);
  if (device === undefined || source === undefined || virtual.port === 0 || !virtual.address)
    return undefined;
  const addresses = {
    sourceAddress: source.address,
    targetAddress: virtual.address.address,
    port: virtual.port,
  };
  if (isDirect) return { ...common, kind: 'direct', device, ...addresses };
  const link = links.find((one) => one.name === device);
  const tryFull = link !== undefined && link.mtuBytes >= FULL_BYTES;
  return { ...common, kind: 'tunnel', mac: undefined, device, ...addresses, tryFull };
}
