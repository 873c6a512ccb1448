import { endpointText } from '@piranha/common';
import type { Duty } from './duties.js';
import { type Examined, effectiveSetting, type Finding, problem, warning } from './finding.js';
import { isServed } from './proc-sockets.js';

/** Whether the services of an lvs.cf are served here, and whether their answers find the right way. */
export function serviceFindings(examined: Examined): readonly Finding[] {
  const { duties } = examined;
  return [
    ...duties.flatMap((duty) => listenerFindings(duty, examined)),
    ...gatewayFindings(examined),
    ...filterFindings(examined),
  ];
}

function listenerFindings(duty: Duty, { listeners }: Examined): readonly Finding[] {
  const { service, protocol, address, port } = duty;
  // Listeners of SCTP are not in the lists that are read, and every port of a service is none in particular.
  if (protocol === 'sctp' || port === 0 || isServed(listeners, { protocol, address, port })) return [];
  const place = endpointText({ address, port });
  const wildcard = address.includes(':') ? '[::]' : '0.0.0.0';
  const text = `${service}: nobody takes ${protocol} to ${place}`;
  const evidence = `no ${protocol} socket listens on ${place} or ${wildcard}:${port}`;
  return [problem('NOT_LISTENING', text, evidence, 'let the server program listen on the address or on all')];
}

/** Under NAT every answer has to pass the director that translates it. */
function gatewayFindings({ duties, gateways, routes }: Examined): readonly Finding[] {
  const families = new Set(
    duties
      .filter(({ forwarding }) => forwarding === 'nat')
      .map(({ address }) => (address.includes(':') ? 6 : 4)),
  );
  return [...families].flatMap((family) => {
    const route = routes.find((candidate) => candidate.family === family);
    if (route?.gateway !== undefined && gateways.includes(route.gateway)) return [];
    const text =
      'answers under NAT do not go through the director: clients get them from a stranger and drop them';
    const evidence =
      route === undefined
        ? `there is no default route for IPv${family}`
        : `the default route for IPv${family} is ${route.gateway ?? 'without a gateway'} on ${route.device}`;
    const known = gateways.filter((address) => address.includes(':') === (family === 6));
    const remedy = `ip route replace default via ${known[0] ?? "the director's inner address"}`;
    // A director's link-local address, which no lvs.cf names, is a good gateway for IPv6.
    const isSure = route === undefined || family === 4;
    return [(isSure ? problem : warning)('NAT_GATEWAY', text, evidence, remedy)];
  });
}

/** A strict filter drops clients whose requests come by one interface and whose way back leaves by another. */
function filterFindings({ seen, duties, routes }: Examined): readonly Finding[] {
  const route = routes.find(({ family }) => family === 4);
  const direct = duties.filter(
    ({ forwarding, address }) => forwarding === 'direct' && !address.includes(':'),
  );
  const own = new Set(direct.map(({ ownAddress }) => ownAddress));
  const indexes = new Set(seen.addresses.filter(({ address }) => own.has(address)).map(({ index }) => index));
  return seen.links
    .filter(({ index, name }) => indexes.has(index) && route !== undefined && route.device !== name)
    .flatMap(({ name }) => {
      const filter = effectiveSetting(seen, name, 'rp_filter');
      if (filter.value !== 1) return [];
      const text = `requests come by ${name}, and clients are reached by ${route?.device}: a strict filter drops them`;
      return [warning('ROUTE_FILTER', text, filter.evidence, `sysctl -w net/ipv4/conf/${name}/rp_filter=2`)];
    });
}
