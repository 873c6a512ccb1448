import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import type { Method, WantedVip } from './model.js';

/** A port of a VIP, or under NAT of this machine's own address, that a server has to listen on. */
export interface Duty {
  /** Name of the virtual server. */
  readonly service: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly address: string;
  /** 0 = every port. */
  readonly port: number;
  readonly forwarding: 'nat' | Method;
  /** The address by which the director knows this machine. */
  readonly ownAddress: string;
}

/** What an lvs.cf asks of this machine. */
export interface Duties {
  readonly vips: readonly WantedVip[];
  readonly duties: readonly Duty[];
  /** Addresses of the directors, one of which is the gateway under NAT; all families. */
  readonly gateways: readonly string[];
  /** What a person should know. */
  readonly remarks: readonly string[];
}

/** Every machine has these: a server there is the director itself. */
const LOOPBACK = /^127\.|^::1$/;

/**
 * What the active services of a configuration ask of the machine that has these addresses. A VIP that comes both ways
 * gets the tunnel's place, which takes plain packets too.
 */
export function dutiesOf(configuration: LvsConfiguration, ownAddresses: readonly string[]): Duties {
  const own = ownAddresses.filter((address) => !LOOPBACK.test(address));
  const remarks: string[] = [];
  const duties: Duty[] = [];
  for (const virtual of configuration.virtualServers.filter(({ active }) => active)) {
    const servers = virtual.servers.filter((server) => server.active && own.includes(server.address));
    for (const server of servers) {
      const duty = dutyOf(virtual, server);
      if (duty === undefined)
        remarks.push(`${virtual.name} has a mark and no address: name its VIPs yourself`);
      else duties.push(duty);
    }
  }
  for (const duty of duties.filter(({ forwarding }) => forwarding === 'nat')) {
    remarks.push(
      `${duty.service} comes by NAT: it needs no VIP here, and its answers have to go through the director`,
    );
  }
  return { vips: vipsOf(duties), duties, gateways: gatewaysOf(configuration), remarks };
}

function dutyOf(virtual: VirtualServerConfig, server: RealServerConfig): Duty | undefined {
  const isNat = server.forwarding === 'nat';
  const address = isNat ? server.address : virtual.address?.address;
  if (address === undefined) return undefined;
  return {
    service: virtual.name,
    protocol: virtual.protocol,
    address,
    // Without NAT packets keep the port that the client chose; that of a mark's service is only the check's.
    port: isNat ? server.port : virtual.firewallMark > 0 ? 0 : virtual.port,
    forwarding: server.forwarding,
    ownAddress: server.address,
  };
}

function vipsOf(duties: readonly Duty[]): readonly WantedVip[] {
  const methods = new Map<string, Method>();
  for (const { address, forwarding } of duties) {
    if (forwarding === 'nat') continue;
    if (forwarding === 'tunnel' || !methods.has(address)) methods.set(address, forwarding);
  }
  return [...methods].map(([address, method]) => ({ address, method }));
}

function gatewaysOf(configuration: LvsConfiguration): readonly string[] {
  const { natRouter, primary, primaryPrivate, backup, backupPrivate } = configuration;
  const all = [natRouter?.address, primary, primaryPrivate, backup, backupPrivate];
  return [...new Set(all.filter((address) => address !== undefined))];
}
