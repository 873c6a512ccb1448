import { natRoutersOf } from '@piranha/config';
import { type Facts, PARTNER, type PathFact } from './facts.js';
import { activePlaces, activeServices, deviceName, onceEach } from './places.js';
import { type Evidence, error, type Trap, warning } from './trap.js';

/** Traps between the director and its neighbours. */

const OWN_SERVER = 'on that real server: arp_ignore = 1 and arp_announce = 2, and the VIP on lo only';

/** Whether a VIP should be here and nowhere else: with groups, a director that serves has only some. */
function servesHere(pulse: Facts['pulse'], address: string): boolean {
  return pulse?.active === true && (pulse.groups === undefined || pulse.vips.includes(address));
}

/** Who else says that a VIP is theirs; a standby expects its partner to. */
function claims({ holders = [], pulse }: Facts, isServer: boolean): readonly Evidence[] {
  return holders
    .filter(({ owner }) => isServer === (owner !== undefined && owner !== PARTNER))
    .filter(({ owner, address }) => owner !== PARTNER || servesHere(pulse, address))
    .map(({ address, mac, device, owner }) => {
      const evidence = `${mac} on ${device} (${owner ?? 'nobody of this lvs.cf'}) says that it has ${address}`;
      return error(evidence, isServer ? OWN_SERVER : 'find that machine: ip neigh, the tables of the switch');
    });
}

const answered: Trap = {
  code: 'DOCTOR_VIP_ANSWERED',
  title: 'a real server answers ARP for a VIP: clients reach it past the director',
  look: (facts) => claims(facts, true),
};

const duplicate: Trap = {
  code: 'DOCTOR_VIP_DUPLICATE',
  title: 'another machine on the network has a VIP: clients reach now this one, now that',
  look: (facts) => claims(facts, false),
};

/** Ways that failed to a server that serves otherwise. */
function brokenPaths({ paths = [] }: Facts, kind: PathFact['kind']): readonly PathFact[] {
  return paths.filter((path) => path.kind === kind && !path.isAnswered && path.answersForItself);
}

const notTaken: Trap = {
  code: 'DOCTOR_VIP_NOT_TAKEN',
  title: 'a real server does not take the packets that the director sends it for a VIP',
  look: (facts) =>
    brokenPaths(facts, 'direct').map(({ server, serverAddress, mac, targetAddress: vip, port }) =>
      error(
        `${server} takes connections on ${serverAddress} port ${port}, and did not answer one for ${vip} that was sent to ${mac}`,
        `on ${server}: ip addr add ${vip}/32 dev lo, with arp_ignore = 1 and arp_announce = 2; does its service listen there?`,
      ),
    ),
};

const notUnwrapped: Trap = {
  code: 'DOCTOR_TUNNEL_PATH',
  title: 'a real server does not take the packets that the director tunnels to it',
  look: (facts) =>
    brokenPaths(facts, 'tunnel').map(({ server, serverAddress, targetAddress: vip, port }) =>
      error(
        `${server} takes connections on ${serverAddress} port ${port}, and did not answer one for ${vip} through the tunnel`,
        `on ${server}: modprobe ipip, ip link set tunl0 up, ip addr add ${vip}/32 dev tunl0, and rp_filter of tunl0 and all to 0 or 2`,
      ),
    ),
};

const gateway: Trap = {
  code: 'DOCTOR_NAT_GATEWAY',
  title: 'a real server under NAT answers clients past the director',
  look: (facts) =>
    brokenPaths(facts, 'nat').map(({ server, serverAddress, port }) => {
      const routers = natRoutersOf(facts.configuration).map(({ address }) => address);
      const router = routers.join(' or ') || "the director's address there";
      return error(
        `${server} takes connections on ${serverAddress} port ${port}, and its answer to a client elsewhere did not come back here`,
        `on ${server}: ip route replace default via ${router}`,
      );
    }),
};

const device: Trap = {
  code: 'DOCTOR_DEVICE',
  title: 'an interface that lvs.cf names is missing or down',
  look: (facts) => {
    const { configuration, links } = facts;
    if (links === undefined) return [];
    const vips = activeServices(facts).map(({ address }) => address);
    const named = [...vips, ...natRoutersOf(configuration)].flatMap((address) => address?.device ?? []);
    const sync = configuration.failoverState === 'sync' ? [configuration.syncInterface] : [];
    const names = new Set([...named, ...sync].map(deviceName));
    return [...names].flatMap((name) => {
      const link = links.find((one) => one.name === name);
      if (link === undefined) return [error(`there is no interface ${name}`, 'ip link lists the interfaces')];
      if (!link.isUp) return [error(`${name} is switched off`, `ip link set ${name} up`)];
      return link.hasCarrier ? [] : [error(`${name} has no carrier`, 'look at the cable and the switch')];
    });
  },
};

const route: Trap = {
  code: 'DOCTOR_NO_ROUTE',
  title: 'there is no way to a real server',
  look: (facts) =>
    onceEach(
      activePlaces(facts).flatMap(({ server }) =>
        facts.routes.has(server.address) && facts.routes.get(server.address) === undefined
          ? [error(`no route to ${server.address} (${server.name})`, `ip route get ${server.address}`)]
          : [],
      ),
    ),
};

const realPort: Trap = {
  code: 'DOCTOR_REAL_PORT',
  title: 'direct routing and tunnelling cannot change the port',
  look: (facts) =>
    activePlaces(facts).flatMap(({ virtual, server }) => {
      const keyed = virtual.firewallMark === 0 && virtual.port !== 0;
      if (server.forwarding === 'nat' || !keyed || server.port === virtual.port) return [];
      const evidence = `virtual ${virtual.name}: ${server.name} is checked on port ${server.port}, and gets clients on ${virtual.port}`;
      return [warning(evidence, 'let the server listen on the port of the virtual server, or use NAT')];
    }),
};

/** What a tunnel's outer header takes, bytes. */
const TUNNEL_HEADER_BYTES = 20;
const CLIENT_MTU_BYTES = 1500;

/** Whether clients are told to send smaller packets. */
function clampsSegments({ firewall = [] }: Facts): boolean {
  return firewall.some(({ rules }) => rules.some(({ text }) => /TCPMSS|maxseg/.test(text)));
}

const mtu: Trap = {
  code: 'DOCTOR_TUNNEL_MTU',
  title: 'full packets of clients do not fit into the tunnel',
  look: (facts) => {
    if (clampsSegments(facts)) return [];
    const tunnelled = activePlaces(facts).filter(({ server }) => server.forwarding === 'tunnel');
    const ownLinks = tunnelled.flatMap(({ server }): readonly Evidence[] => {
      const name = facts.routes.get(server.address);
      const link = facts.links?.find((one) => one.name === name);
      if (link === undefined || link.mtuBytes >= CLIENT_MTU_BYTES + TUNNEL_HEADER_BYTES) return [];
      const fits = link.mtuBytes - TUNNEL_HEADER_BYTES;
      const evidence = `${link.name} to ${server.address} carries ${link.mtuBytes} bytes, so clients' packets above ${fits} are refused by ICMP, which many networks lose`;
      const remedy = `ip link set ${link.name} mtu 1520 on the whole way, or a smaller MSS on the real servers`;
      return [warning(evidence, remedy)];
    });
    const lost = (facts.paths ?? []).filter(
      ({ isAnswered, isFullAnswered }) => isAnswered && isFullAnswered === false,
    );
    const hops = lost.map(({ server, serverAddress }) => {
      const evidence = `${server} answers small packets through the tunnel to ${serverAddress}, and not one of ${CLIENT_MTU_BYTES} bytes`;
      return error(evidence, 'an MTU of 1520 on every hop to it, or a smaller MSS on the real server');
    });
    return onceEach([...ownLinks, ...hops]);
  },
};

export const NETWORK_TRAPS: readonly Trap[] = [
  answered,
  duplicate,
  notTaken,
  notUnwrapped,
  gateway,
  device,
  route,
  realPort,
  mtu,
];
