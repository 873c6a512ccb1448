import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import { serverKeyText, serviceKeyText, type Table, type TableServer, type TableService } from './model.js';
import { sortTable } from './order.js';
import { forwardingOf, serviceKeyOf, tablePlaceOf } from './places.js';

/** What is believed of a real server. */
type ServerVerdict = 'up' | 'down' | 'unknown';

/** Looks up the verdict on one server of one block. */
export type VerdictLookup = (service: VirtualServerConfig, server: RealServerConfig) => ServerVerdict;

/** The mask of a single client, which IPVS takes as none. */
function fullMask({ family }: VirtualServerConfig): string {
  return family === 6 ? '128' : '255.255.255.255';
}

interface Member {
  readonly service: VirtualServerConfig;
  readonly server: RealServerConfig;
  readonly port: number;
}

/**
 * The table that a configuration wants with its servers in their present health, normalised as the kernel stores it
 * and in `ipvsadm -Sn` order. Servers that are down are left out, or kept at weight 0 where the block quiesces; servers
 * without a verdict are left out; the sorry server stands in where no server is up. Blocks of one mark become one
 * entry, whose servers are up only if every check of every block passes.
 */
export function desiredTable(configuration: LvsConfiguration, verdictOf: VerdictLookup): Table {
  const groups = new Map<string, VirtualServerConfig[]>();
  for (const service of configuration.virtualServers) {
    const key = serviceKeyOf(service);
    if (!service.active || key === undefined) continue;
    const text = serviceKeyText(key);
    groups.set(text, [...(groups.get(text) ?? []), service]);
  }
  const services = [...groups.values()].map((blocks) => desiredService(configuration, blocks, verdictOf));
  return sortTable({ services });
}

function desiredService(
  configuration: LvsConfiguration,
  blocks: readonly VirtualServerConfig[],
  verdictOf: VerdictLookup,
): TableService {
  const [first] = blocks;
  const key = first && serviceKeyOf(first);
  if (first === undefined || key === undefined) throw new Error('a table entry needs a block with a key');
  const persistent = first.persistentSeconds > 0;
  const mask = first.persistenceMask;
  return {
    key,
    scheduler: first.scheduler,
    schedulerFlags: first.schedulerFlags,
    persistentSeconds: first.persistentSeconds,
    persistenceMask: persistent && mask !== fullMask(first) ? mask : undefined,
    onePacket: first.onePacket,
    servers: withSorryServer(blocks, desiredServers(configuration, blocks, verdictOf)),
  };
}

function desiredServers(
  configuration: LvsConfiguration,
  blocks: readonly VirtualServerConfig[],
  verdictOf: VerdictLookup,
): readonly TableServer[] {
  const entries = new Map<string, Member[]>();
  for (const service of blocks) {
    for (const server of service.servers) {
      const place = tablePlaceOf(configuration, service, server);
      if (!server.active || place === undefined) continue;
      const text = serverKeyText(place);
      entries.set(text, [...(entries.get(text) ?? []), { service, server, port: place.port }]);
    }
  }
  return [...entries.values()].flatMap((members) => desiredServer(members, verdictOf) ?? []);
}

function desiredServer(members: readonly Member[], verdictOf: VerdictLookup): TableServer | undefined {
  const [first] = members;
  if (first === undefined) return undefined;
  const verdicts = members.map(({ service, server }) => verdictOf(service, server));
  const down = verdicts.includes('down');
  const quiesced = down && first.service.quiesceServer;
  if (!quiesced && verdicts.some((verdict) => verdict !== 'up')) return undefined;
  return {
    address: first.server.address,
    port: first.port,
    forwarding: forwardingOf(first.server.forwarding),
    weight: quiesced ? 0 : first.server.weight,
    upperThreshold: first.server.upperThreshold,
    lowerThreshold: first.server.lowerThreshold,
  };
}

/** A drained server (weight 0 by configuration) serves nobody new, so it does not keep the sorry server out. */
function withSorryServer(
  blocks: readonly VirtualServerConfig[],
  servers: readonly TableServer[],
): readonly TableServer[] {
  const block = blocks.find(({ sorryServer }) => sorryServer !== undefined);
  if (block?.sorryServer === undefined || servers.some(({ weight }) => weight > 0)) return servers;
  const sorry: TableServer = {
    address: block.sorryServer,
    port: block.port,
    forwarding: forwardingOf(block.forwarding),
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
  };
  return [...servers.filter((server) => serverKeyText(server) !== serverKeyText(sorry)), sorry];
}
