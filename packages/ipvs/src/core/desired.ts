import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import { serverKeyText, type Table, type TableServer, type TableService } from './model.js';
import { compareServers } from './order.js';
import { forwardingOf } from './places.js';
import { type Member, type PlannedServer, type PlannedService, tablePlanOf } from './table-plan.js';

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
  const services = tablePlanOf(configuration).map((planned) =>
    desiredService(planned, verdictOf, adjustments),
  );
  return { services };
}

function desiredService(
  { settings, blocks, servers: planned }: PlannedService,
  verdictOf: VerdictLookup,
  { lacksQuorum = () => false, weightOf = () => undefined }: TableAdjustments,
): TableService {
  const servers = planned.flatMap((server) => desiredServer(server, verdictOf, weightOf) ?? []);
  return { ...settings, servers: withSorryServer(blocks, servers, blocks.some(lacksQuorum)) };
}

type WeightLookup = NonNullable<TableAdjustments['weightOf']>;

/** The least of what the blocks of a server want. */
function weightOfMembers(members: readonly Member[], configured: number, weightOf: WeightLookup): number {
  const moved = members.flatMap(({ server, service }) => weightOf(server, service) ?? []);
  return moved.length === 0 ? configured : Math.min(...moved);
}

function desiredServer(
  { address, port, members }: PlannedServer,
  verdictOf: VerdictLookup,
  weightOf: WeightLookup,
): TableServer | undefined {
  const [first] = members;
  const verdicts = members.map(({ service, server }) => verdictOf(service, server));
  if (verdicts.includes('out')) return undefined;
  const down = verdicts.includes('down');
  const quiesced = verdicts.includes('drained') || (down && first.service.quiesceServer);
  if (!quiesced && verdicts.some((verdict) => verdict !== 'up')) return undefined;
  return {
    address,
    port,
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
  return [...others.map((server) => ({ ...server, weight: 0 })), sorry].sort(compareServers);
}
