import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import { serverKeyText, serviceKeyText, type Table, type TableServer, type TableService } from './model.js';
import { sortTable } from './order.js';
import { forwardingOf, serviceKeyOf, tablePlaceOf } from './places.js';

/**
 * What is believed of a real server, or what an operator ordered: `drained` stands at weight 0 whatever its check says,
 * `out` does not stand at all.
 */
export type ServerVerdict = 'up' | 'down' | 'unknown' | 'drained' | 'out';

/** Looks up the verdict on one server of one block. */
export type VerdictLookup = (service: VirtualServerConfig, server: RealServerConfig) => ServerVerdict;

/** What changes the table beside the verdicts. */
export interface TableAdjustments {
  /** True for a service whose sorry server takes the new connections although some servers are up. */
  readonly lacksQuorum?: (service: VirtualServerConfig) => boolean;
  /** Weight of a server whose weight moves; undefined = as configured. */
  readonly weightOf?: (server: RealServerConfig, service: VirtualServerConfig) => number | undefined;
}

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
 * without a verdict are left out; orders of an operator win; the sorry server stands in where no server is up. Blocks of one mark become one
 * entry, whose servers are up only if every check of every block passes.
 */
export function desiredTable(
  configuration: LvsConfiguration,
  verdictOf: VerdictLookup,
  adjustments: TableAdjustments = {},
): Table {
  const groups = new Map<string, VirtualServerConfig[]>();
  for (const service of configuration.virtualServers) {
    const key = serviceKeyOf(service);
    if (!service.active || key === undefined) continue;
    const text = serviceKeyText(key);
    groups.set(text, [...(groups.get(text) ?? []), service]);
  }
  const services = [...groups.values()].map((blocks) =>
    desiredService(configuration, blocks, verdictOf, adjustments),
  );
  return sortTable({ services });
}

function desiredService(
  configuration: LvsConfiguration,
  blocks: readonly VirtualServerConfig[],
  verdictOf: VerdictLookup,
  { lacksQuorum = () => false, weightOf = () => undefined }: TableAdjustments,
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
    servers: withSorryServer(
      blocks,
      desiredServers(configuration, blocks, verdictOf, weightOf),
      blocks.some(lacksQuorum),
    ),
  };
}

function desiredServers(
  configuration: LvsConfiguration,
  blocks: readonly VirtualServerConfig[],
  verdictOf: VerdictLookup,
  weightOf: WeightLookup,
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
  return [...entries.values()].flatMap((members) => desiredServer(members, verdictOf, weightOf) ?? []);
}

type WeightLookup = NonNullable<TableAdjustments['weightOf']>;

/** The least of what the blocks of a server want. */
function weightOfMembers(members: readonly Member[], configured: number, weightOf: WeightLookup): number {
  const moved = members.flatMap(({ server, service }) => weightOf(server, service) ?? []);
  return moved.length === 0 ? configured : Math.min(...moved);
}

function desiredServer(
  members: readonly Member[],
  verdictOf: VerdictLookup,
  weightOf: WeightLookup,
): TableServer | undefined {
  const [first] = members;
  if (first === undefined) return undefined;
  const verdicts = members.map(({ service, server }) => verdictOf(service, server));
  if (verdicts.includes('out')) return undefined;
  const down = verdicts.includes('down');
  const quiesced = verdicts.includes('drained') || (down && first.service.quiesceServer);
  if (!quiesced && verdicts.some((verdict) => verdict !== 'up')) return undefined;
  return {
    address: first.server.address,
    port: first.port,
    forwarding: forwardingOf(first.server.forwarding),
    weight: quiesced ? 0 : weightOfMembers(members, first.server.weight, weightOf),
    upperThreshold: first.server.upperThreshold,
    lowerThreshold: first.server.lowerThreshold,
  };
}

/**
 * A drained server (weight 0 by configuration) serves nobody new, so it does not keep the sorry server out. Servers that
 * are too few keep their connections and get no new ones.
 */
function withSorryServer(
  blocks: readonly VirtualServerConfig[],
  servers: readonly TableServer[],
  tooFew: boolean,
): readonly TableServer[] {
  const block = blocks.find(({ sorryServer }) => sorryServer !== undefined);
  if (block?.sorryServer === undefined || (!tooFew && servers.some(({ weight }) => weight > 0)))
    return servers;
  const sorry: TableServer = {
    address: block.sorryServer,
    port: block.port,
    forwarding: forwardingOf(block.forwarding),
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
  };
  const others = servers.filter((server) => serverKeyText(server) !== serverKeyText(sorry));
  return [...others.map((server) => ({ ...server, weight: 0 })), sorry];
}
