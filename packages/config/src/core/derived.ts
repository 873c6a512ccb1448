import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '../model.js';
import type { HeartbeatPathConfig } from '../path-model.js';

/** Port of FTP's commands: the kernel's helper rewrites what they say of addresses. */
const FTP_PORT = 21;

/** A partner of the original's kind starts its lvs within this time, ms. */
const SHORTEST_RELEASE_LIMIT_MS = 3_000;

/** How long a director that hands its addresses over waits for the partner to take them, before it serves on, ms. */
export function releaseLimitMs({
  keepaliveMs,
  deadtimeMs,
}: Pick<LvsConfiguration, 'keepaliveMs' | 'deadtimeMs'>): number {
  return Math.max(deadtimeMs + keepaliveMs, SHORTEST_RELEASE_LIMIT_MS);
}

function activeServers({ servers }: VirtualServerConfig): readonly RealServerConfig[] {
  return servers.filter((server) => server.active);
}

/** True where some active server is forwarded to by NAT, so that the NAT router is needed. */
export function usesNat(configuration: LvsConfiguration): boolean {
  const servers = configuration.virtualServers.filter(({ active }) => active).flatMap(activeServers);
  if (servers.length === 0) return configuration.network === 'nat';
  return servers.some(({ forwarding }) => forwarding === 'nat');
}

/** True where an active service of TCP port 21 is forwarded by NAT: it needs the kernel module ip_vs_ftp. */
export function needsFtpHelper(configuration: LvsConfiguration): boolean {
  return configuration.virtualServers.some((virtual) => {
    const { active, protocol, port } = virtual;
    const nat = activeServers(virtual).some(({ forwarding }) => forwarding === 'nat');
    return active && protocol === 'tcp' && port === FTP_PORT && nat;
  });
}

/** By which names lvs.cf gives addresses to directors: those of the director blocks by rank, else the two of a pair. */
export function directorWords({ directors }: Pick<LvsConfiguration, 'directors'>): readonly string[] {
  return directors.length === 0 ? ['primary', 'backup'] : directors.map(({ name }) => name);
}

/** The addresses of two directors on a path of a heartbeat_path block; undefined where one has none. */
export function endsOfPath(
  { addresses }: HeartbeatPathConfig,
  own: string | undefined,
  other: string | undefined,
): { readonly own: string; readonly other: string } | undefined {
  const addressOf = (name: string | undefined) =>
    addresses.find(({ director }) => director === name)?.address;
  const [ownAddress, otherAddress] = [addressOf(own), addressOf(other)];
  if (ownAddress === undefined || otherAddress === undefined) return undefined;
  return { own: ownAddress, other: otherAddress };
}

/** Every heartbeat address of every director, once each. */
export function directorAddresses(
  configuration: Pick<
    LvsConfiguration,
    'primary' | 'primaryPrivate' | 'backup' | 'backupPrivate' | 'directors' | 'heartbeatPaths'
  >,
): readonly string[] {
  const { primary, primaryPrivate, backup, backupPrivate, directors, heartbeatPaths } = configuration;
  const blocks = directors.flatMap(({ publicAddress, privateAddress }) => [publicAddress, privateAddress]);
  const more = heartbeatPaths.flatMap(({ addresses }) => addresses.map(({ address }) => address));
  const all = [primary, primaryPrivate, backup, backupPrivate, ...blocks, ...more];
  return [...new Set(all.filter((address) => address !== undefined))];
}
