import {
  directorAddresses,
  type LvsConfiguration,
  natRoutersOf,
  type VirtualServerConfig,
} from '@piranha/config';
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
 * What the active services of a configuration ask of the machine that has these addresses, as server or as sorry server.
 * A VIP that comes both ways gets the tunnel's place, which takes plain packets too.
 */
export function dutiesOf(configuration: LvsConfiguration, ownAddresses: readonly string[]): Duties {
  const own = ownAddresses.filter((address) => !LOOPBACK.test(address));
  const remarks: string[] = [];
  const duties: Duty[] = [];
  for (const virtual of configuration.virtualServers.filter(({ active }) => active)) {
    for (const place of placesOf(virtual).filter(({ address }) => own.includes(address))) {
      const remark = remarkOn(virtual, place);
      if (remark !== undefined) remarks.push(remark);
      duties.push(...dutyOf(virtual, place));
    }
  }
  return { vips: vipsOf(duties), duties, gateways: gatewaysOf(configuration), remarks };
}

/** A place to which the director sends. */
interface Place {
  readonly address: string;
  readonly forwarding: 'nat' | Method;
  /** That of NAT; undefined = the VIP's port. */
  readonly port: number | undefined;
}

function placesOf(virtual: VirtualServerConfig): readonly Place[] {
  const { sorryServer, forwarding } = virtual;
  const sorry = sorryServer === undefined ? [] : [{ address: sorryServer, forwarding, port: undefined }];
  return [...virtual.servers.filter(({ active }) => active), ...sorry];
}

function isMixedTunnel({ address: vip }: VirtualServerConfig, { address, forwarding }: Place): boolean {
  if (forwarding !== 'tunnel' || vip === undefined) return false;
  return vip.address.includes(':') !== address.includes(':');
}

function remarkOn(virtual: VirtualServerConfig, place: Place): string | undefined {
  const { name } = virtual;
  if (place.forwarding === 'nat')
    return `${name} comes by NAT: it needs no VIP here, and its answers have to go through the director`;
  if (virtual.address === undefined) return `${name} has a mark and no address: name its VIPs yourself`;
  if (!isMixedTunnel(virtual, place)) return undefined;
  return `${name}: a tunnel between families is not set up by this program, do it by hand`;
}

function dutyOf(virtual: VirtualServerConfig, place: Place): readonly Duty[] {
  const isNat = place.forwarding === 'nat';
  const address = isNat ? place.address : virtual.address?.address;
  if (address === undefined || isMixedTunnel(virtual, place)) return [];
  const duty: Duty = {
    service: virtual.name,
    protocol: virtual.protocol,
    address,
    // Without NAT packets keep the port that the client chose; that of a mark's service is only the check's.
    port: isNat ? (place.port ?? virtual.port) : virtual.firewallMark > 0 ? 0 : virtual.port,
    forwarding: place.forwarding,
    ownAddress: place.address,
  };
  return [duty];
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
  const routers = natRoutersOf(configuration).map(({ address }) => address);
  return [...new Set([...routers, ...directorAddresses(configuration)])];
}
