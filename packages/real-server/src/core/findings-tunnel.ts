import { type Examined, effectiveSetting, type Finding, problem, warning } from './finding.js';
import { TUNNEL_IPV4, TUNNEL_IPV6, type Tunnel, tunnelOf } from './model.js';
import type { DefaultRoute } from './proc-routes.js';
import { segmentBytesOf } from './segment-table.js';

/** What a client on Ethernet sends at most. */
const CLIENT_PACKET_BYTES = 1_500;

/** Whether packets within packets are taken. */
export function tunnelFindings(examined: Examined): readonly Finding[] {
  const tunnelled = examined.wanted.vips.filter(({ method }) => method === 'tunnel');
  const used = [TUNNEL_IPV4, TUNNEL_IPV6].filter((tunnel) =>
    tunnelled.some(({ address }) => tunnelOf(address) === tunnel),
  );
  return used.flatMap((tunnel) => findingsOfTunnel(tunnel, examined));
}

function findingsOfTunnel(tunnel: Tunnel, examined: Examined): readonly Finding[] {
  const { device, module } = tunnel;
  const text = `packets of the tunnel are not taken: ${device} opens them`;
  const link = examined.seen.links.find(({ name }) => name === device);
  if (link === undefined) {
    return [problem('TUNNEL_MISSING', text, `there is no ${device}`, `modprobe ${module}`)];
  }
  const up = `ip link set ${device} up`;
  const down = link.isUp ? [] : [problem('TUNNEL_DOWN', text, `${device} is switched off`, up)];
  const filtered = tunnel === TUNNEL_IPV4 ? filterFindings(examined) : [];
  return [...down, ...filtered, ...sizeFindings(tunnel, examined)];
}

/** Strict filtering by the way back is a setting for IPv4 alone. */
function filterFindings({ seen }: Examined): readonly Finding[] {
  const filter = effectiveSetting(seen, TUNNEL_IPV4.device, 'rp_filter');
  if (filter.value !== 1) return [];
  const text =
    'what comes out of the tunnel is dropped, because its senders are not reached through the tunnel';
  const remedy = `sysctl -w net.ipv4.conf.${TUNNEL_IPV4.device}.rp_filter=2 (the larger of the two values counts)`;
  return [problem('TUNNEL_FILTER', text, filter.evidence, remedy)];
}

function familyOf(tunnel: Tunnel): 4 | 6 {
  return tunnel === TUNNEL_IPV4 ? 4 : 6;
}

function defaultRoute(tunnel: Tunnel, { routes }: Examined): DefaultRoute | undefined {
  return routes.find(({ family }) => family === familyOf(tunnel));
}

/** The device by which the director's packets come: that of the address it knows, else that of the default route. */
function outerDevice(tunnel: Tunnel, examined: Examined): string | undefined {
  const { seen, duties } = examined;
  const isOfTunnel = (address: string): boolean => tunnelOf(address) === tunnel;
  const own = duties.find(
    ({ forwarding, ownAddress }) => forwarding === 'tunnel' && isOfTunnel(ownAddress),
  )?.ownAddress;
  const index = seen.addresses.find(({ address }) => address === own)?.index;
  const byAddress = seen.links.find((link) => link.index === index)?.name;
  return byAddress ?? defaultRoute(tunnel, examined)?.device;
}

function sizeFindings(tunnel: Tunnel, examined: Examined): readonly Finding[] {
  const { headerBytes } = tunnel;
  const outer = examined.seen.links.find(({ name }) => name === outerDevice(tunnel, examined));
  if (outer === undefined) return [];
  const innerBytes = outer.mtuBytes - headerBytes;
  if (innerBytes >= CLIENT_PACKET_BYTES) return [];
  const segment = segmentBytesOf(tunnel, outer.mtuBytes);
  const { segmentTable } = examined.seen;
  const limited = segmentTable && segmentTable.pathMtuBytes <= outer.mtuBytes ? segmentTable.vips : [];
  const vips = examined.wanted.vips.filter(
    ({ address, method }) =>
      method === 'tunnel' && tunnelOf(address) === tunnel && !limited.includes(address),
  );
  const offered = defaultRoute(tunnel, examined)?.segmentBytes;
  if (vips.length === 0 || (offered !== undefined && offered <= segment)) return [];
  const text =
    `packets of clients over ${innerBytes} bytes do not fit into the tunnel: the director asks for smaller ones by ICMP, ` +
    'and where that is filtered large requests hang';
  const evidence = `${outer.name} has an MTU of ${outer.mtuBytes}, the tunnel takes ${headerBytes}, and the segments of ${vips[0]?.address} are not limited to ${segment}`;
  const larger = `an MTU of ${CLIENT_PACKET_BYTES + headerBytes} between director and server`;
  return [warning('TUNNEL_MTU', text, evidence, `start with --path-mtu ${outer.mtuBytes}, or ${larger}`)];
}
