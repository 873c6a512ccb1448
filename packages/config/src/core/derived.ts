import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '../model.js';

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

/** Every heartbeat address of every director, once each. */
export function directorAddresses(
  configuration: Pick<
    LvsConfiguration,
    'primary' | 'primaryPrivate' | 'backup' | 'backupPrivate' | 'directors'
  >,
): readonly string[] {
  const { primary, primaryPrivate, backup, backupPrivate, directors } = configuration;
  const blocks = directors.flatMap(({ publicAddress, privateAddress }) => [publicAddress, privateAddress]);
  const all = [primary, primaryPrivate, backup, backupPrivate, ...blocks];
  return [...new Set(all.filter((address) => address !== undefined))];
}
