import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '../model.js';

/** Port of FTP's commands: the kernel's helper rewrites what they say of addresses. */
const FTP_PORT = 21;

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
