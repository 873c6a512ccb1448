import { type Examined, effectiveSetting, type Finding, problem, warning } from './finding.js';
import { TUNNEL_DEVICE } from './model.js';

/** What IP in IP adds in front of a packet. */
const OUTER_HEADER_BYTES = 20;
/** What a client on Ethernet sends at most. */
const CLIENT_PACKET_BYTES = 1_500;
const HEADERS_BYTES = 40;

/** Whether packets within packets are taken. */
export function tunnelFindings(examined: Examined): readonly Finding[] {
  const { seen, wanted } = examined;
  const tunnelled = wanted.vips.filter(({ method }) => method === 'tunnel');
  const sixth = tunnelled.filter(({ address }) => address.includes(':'));
  const refused = sixth.map(({ address }) =>
    problem(
      'TUNNEL_IPV6',
      `${address} cannot come through a tunnel`,
      'tunl0 carries IPv4 only',
      'use direct routing for it',
    ),
  );
  if (tunnelled.length === sixth.length) return refused;
  const link = seen.links.find(({ name }) => name === TUNNEL_DEVICE);
  if (link === undefined) {
    const text = 'packets of the tunnel are not taken';
    return [...refused, problem('TUNNEL_MISSING', text, 'there is no tunl0', 'modprobe ipip')];
  }
  const findings: Finding[] = [...refused];
  if (!link.isUp) {
    const text = 'packets of the tunnel are not taken';
    findings.push(problem('TUNNEL_DOWN', text, 'tunl0 is switched off', 'ip link set tunl0 up'));
  }
  const filter = effectiveSetting(seen, TUNNEL_DEVICE, 'rp_filter');
  if (filter.value === 1) {
    const text =
      'what comes out of the tunnel is dropped, because its senders are not reached through the tunnel';
    const remedy = 'sysctl -w net.ipv4.conf.tunl0.rp_filter=2 (the larger of the two values counts)';
    findings.push(problem('TUNNEL_FILTER', text, filter.evidence, remedy));
  }
  return [...findings, ...sizeFindings(examined)];
}

/** The device by which the director's packets come: that of the address it knows, else that of the default route. */
function outerDevice({ seen, duties, routes }: Examined): string | undefined {
  const own = duties.find(({ forwarding }) => forwarding === 'tunnel')?.ownAddress;
  const index = seen.addresses.find(({ address }) => address === own)?.index;
  const byAddress = seen.links.find((link) => link.index === index)?.name;
  return byAddress ?? routes.find(({ family }) => family === 4)?.device;
}

function sizeFindings(examined: Examined): readonly Finding[] {
  const { seen, routes } = examined;
  const outer = seen.links.find(({ name }) => name === outerDevice(examined));
  if (outer === undefined) return [];
  const innerBytes = outer.mtuBytes - OUTER_HEADER_BYTES;
  if (innerBytes >= CLIENT_PACKET_BYTES) return [];
  const segment = innerBytes - HEADERS_BYTES;
  const [route] = routes.filter(({ family }) => family === 4);
  if (route?.segmentBytes !== undefined && route.segmentBytes <= segment) return [];
  const text =
    `packets of clients over ${innerBytes} bytes do not fit into the tunnel: the director asks for smaller ones by ICMP, ` +
    'and where that is filtered large requests hang';
  const evidence = `${outer.name} has an MTU of ${outer.mtuBytes}, the tunnel takes ${OUTER_HEADER_BYTES}`;
  const way = route?.gateway === undefined ? 'default' : `default via ${route.gateway} dev ${route.device}`;
  const larger = `an MTU of ${CLIENT_PACKET_BYTES + OUTER_HEADER_BYTES} between director and server`;
  return [warning('TUNNEL_MTU', text, evidence, `ip route change ${way} advmss ${segment}, or ${larger}`)];
}
