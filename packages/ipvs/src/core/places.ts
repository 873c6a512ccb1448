import type {
  ForwardingMethod,
  LvsConfiguration,
  RealServerConfig,
  VirtualServerConfig,
} from '@piranha/config';
import type { Forwarding, ServiceKey } from './model.js';

/** Where the blocks of an lvs.cf stand in the table. */

/** A configured real server's place in the table. Several servers may share one. */
export interface TablePlace {
  readonly service: ServiceKey;
  readonly address: string;
  readonly port: number;
}

const FORWARDING: Readonly<Record<ForwardingMethod, Forwarding>> = {
  nat: 'masquerade',
  direct: 'direct',
  tunnel: 'tunnel',
};

/** The table's word for a forwarding method of lvs.cf. */
export function forwardingOf(method: ForwardingMethod): Forwarding {
  return FORWARDING[method];
}

/** Key of a block; undefined for one with neither mark nor address. A mark wins over the address. */
export function serviceKeyOf(service: VirtualServerConfig): ServiceKey | undefined {
  const { firewallMark, family } = service;
  if (firewallMark > 0) return { kind: 'mark', mark: firewallMark, family };
  if (service.address === undefined) return undefined;
  const { protocol, port } = service;
  return { kind: 'address', protocol, address: service.address.address, port };
}

/** Active blocks of the same mark and family, in the file's order: they share one entry. */
function blocksOfMark(
  configuration: LvsConfiguration,
  { firewallMark, family }: VirtualServerConfig,
): readonly VirtualServerConfig[] {
  return configuration.virtualServers.filter(
    (block) => block.active && block.firewallMark === firewallMark && block.family === family,
  );
}

function activePorts(blocks: readonly VirtualServerConfig[], address: string): readonly number[] {
  const servers = blocks.flatMap((block) => block.servers);
  return servers.filter((server) => server.active && server.address === address).map((server) => server.port);
}

/**
 * The port of a table entry. Direct routing and tunnelling keep the virtual port, whatever the check uses. Blocks that
 * share a mark make one entry a server: with the first block's port, or under NAT with port 0, which leaves the port
 * of each packet alone, where the blocks differ.
 */
function entryPort(
  configuration: LvsConfiguration,
  service: VirtualServerConfig,
  server: RealServerConfig,
): number {
  const nat = server.forwarding === 'nat';
  if (service.firewallMark === 0) return nat ? server.port : service.port;
  const ports = activePorts(blocksOfMark(configuration, service), server.address);
  const first = ports[0] ?? server.port;
  return nat && ports.some((port) => port !== first) ? 0 : first;
}

/** Where a configured real server stands in the table; undefined when its block has no key. */
export function tablePlaceOf(
  configuration: LvsConfiguration,
  service: VirtualServerConfig,
  server: RealServerConfig,
): TablePlace | undefined {
  const key = serviceKeyOf(service);
  if (key === undefined) return undefined;
  return { service: key, address: server.address, port: entryPort(configuration, service, server) };
}
