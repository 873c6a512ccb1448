import type { LvsConfiguration, VirtualServerConfig } from '../model.js';

/** A block that has no effect, because an earlier one has the same identity. Indexes into the configuration. */
export interface IgnoredBlock {
  readonly virtualIndex: number;
  /** Undefined where the whole virtual server is ignored. */
  readonly serverIndex: number | undefined;
  /** Line of the earlier block, from 1. */
  readonly earlierLine: number;
}

/** What IPVS knows an address-keyed service by; undefined for marks and blocks without an address. */
function serviceIdentity(virtual: VirtualServerConfig): string | undefined {
  if (!virtual.active || virtual.firewallMark !== 0 || !virtual.address) return undefined;
  return `${virtual.protocol} ${virtual.address.address}:${virtual.port}`;
}

function ignoredServers(virtual: VirtualServerConfig, virtualIndex: number): IgnoredBlock[] {
  const lineOf = new Map<string, number>();
  const ignored: IgnoredBlock[] = [];
  virtual.servers.forEach((server, serverIndex) => {
    if (!server.active) return;
    const identity = `${server.address}:${server.port}`;
    const earlierLine = lineOf.get(identity);
    if (earlierLine === undefined) lineOf.set(identity, server.line);
    else ignored.push({ virtualIndex, serverIndex, earlierLine });
  });
  return ignored;
}

/**
 * Active blocks that repeat an earlier one: a virtual server with the same address, port and protocol, or a server
 * with the same address and port in its virtual server. The original set up the first one only.
 */
export function findIgnoredBlocks(configuration: LvsConfiguration): IgnoredBlock[] {
  const lineOf = new Map<string, number>();
  const ignored: IgnoredBlock[] = [];
  configuration.virtualServers.forEach((virtual, virtualIndex) => {
    const identity = serviceIdentity(virtual);
    const earlierLine = identity === undefined ? undefined : lineOf.get(identity);
    if (earlierLine !== undefined) ignored.push({ virtualIndex, serverIndex: undefined, earlierLine });
    else {
      if (identity !== undefined) lineOf.set(identity, virtual.line);
      if (virtual.active) ignored.push(...ignoredServers(virtual, virtualIndex));
    }
  });
  return ignored;
}

/** The configuration with ignored blocks marked inactive, so that nobody else has to know about them. */
export function deactivateIgnored(
  configuration: LvsConfiguration,
  ignored: readonly IgnoredBlock[],
): LvsConfiguration {
  if (ignored.length === 0) return configuration;
  const virtualServers = configuration.virtualServers.map((virtual, virtualIndex) => {
    const mine = ignored.filter((block) => block.virtualIndex === virtualIndex);
    if (mine.length === 0) return virtual;
    if (mine.some((block) => block.serverIndex === undefined)) return { ...virtual, active: false };
    const indexes = new Set(mine.map((block) => block.serverIndex));
    const servers = virtual.servers.map((server, index) =>
      indexes.has(index) ? { ...server, active: false } : server,
    );
    return { ...virtual, servers };
  });
  return { ...configuration, virtualServers };
}
