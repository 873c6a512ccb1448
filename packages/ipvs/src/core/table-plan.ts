import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import { type ServiceSettings, serverKeyText, serviceKeyText } from './model.js';
import { compareKeys, compareServers } from './order.js';
import { serviceKeyOf, tablePlaceOf } from './places.js';

/** A real server of one block, of which an entry of the table may have several. */
export interface Member {
  readonly service: VirtualServerConfig;
  readonly server: RealServerConfig;
}

/** An entry that may stand in the table. */
export interface PlannedServer {
  readonly address: string;
  readonly port: number;
  readonly members: readonly [Member, ...Member[]];
}

/** A service as it stands in the table whatever its servers do. */
export interface PlannedService {
  readonly settings: ServiceSettings;
  /** Several where they share a mark. */
  readonly blocks: readonly [VirtualServerConfig, ...VirtualServerConfig[]];
  readonly servers: readonly PlannedServer[];
}

const plans = new WeakMap<LvsConfiguration, readonly PlannedService[]>();

/**
 * What of the table the configuration alone decides, in the order of `ipvsadm -Sn`. Worked out once for each configuration, for
 * each verdict on a server asks for it, and with thousands of them that is what takes long.
 */
export function tablePlanOf(configuration: LvsConfiguration): readonly PlannedService[] {
  const known = plans.get(configuration);
  if (known !== undefined) return known;
  const plan = makePlan(configuration);
  plans.set(configuration, plan);
  return plan;
}

function makePlan(configuration: LvsConfiguration): readonly PlannedService[] {
  const groups = new Map<string, [VirtualServerConfig, ...VirtualServerConfig[]]>();
  for (const service of configuration.virtualServers) {
    const key = serviceKeyOf(service);
    if (!service.active || key === undefined) continue;
    const blocks = groups.get(serviceKeyText(key));
    if (blocks) blocks.push(service);
    else groups.set(serviceKeyText(key), [service]);
  }
  const services = [...groups.values()].map((blocks) => ({
    settings: settingsOf(blocks[0]),
    blocks,
    servers: plannedServers(configuration, blocks),
  }));
  return services.sort((one, other) => compareKeys(one.settings.key, other.settings.key));
}

/** The mask of a single client, which IPVS takes as none. */
function fullMask({ family }: VirtualServerConfig): string {
  return family === 6 ? '128' : '255.255.255.255';
}

function settingsOf(block: VirtualServerConfig): ServiceSettings {
  const key = serviceKeyOf(block);
  if (key === undefined) throw new Error('a table entry needs a block with a key');
  const { scheduler, schedulerFlags, persistentSeconds, persistenceMask, onePacket } = block;
  const hasMask = persistentSeconds > 0 && persistenceMask !== fullMask(block);
  return {
    key,
    scheduler,
    schedulerFlags,
    persistentSeconds,
    persistenceMask: hasMask ? persistenceMask : undefined,
    onePacket,
  };
}

function plannedServers(
  configuration: LvsConfiguration,
  blocks: readonly VirtualServerConfig[],
): readonly PlannedServer[] {
  const entries = new Map<string, { address: string; port: number; members: [Member, ...Member[]] }>();
  for (const service of blocks) {
    for (const server of service.servers) {
      const place = tablePlaceOf(configuration, service, server);
      if (!server.active || place === undefined) continue;
      const text = serverKeyText(place);
      const member = { service, server };
      const entry = entries.get(text);
      if (entry) entry.members.push(member);
      else entries.set(text, { address: server.address, port: place.port, members: [member] });
    }
  }
  return [...entries.values()].sort(compareServers);
}
