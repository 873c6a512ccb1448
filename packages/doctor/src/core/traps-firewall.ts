import { addressFamily } from '@piranha/common';
import { beatPaths } from './beat-paths.js';
import type { Facts } from './facts.js';
import { droppedBy, setsMark } from './firewall.js';
import type { Packet } from './firewall-condition.js';
import { activePlaces, activeServices, deviceName, onceEach, thisDirector } from './places.js';
import { error, type Trap, warning } from './trap.js';

/** Traps in the firewall of a director. */

const NOBODY: Packet = {
  family: 4,
  protocol: 'tcp',
  sourceAddress: undefined,
  targetAddress: undefined,
  targetPort: undefined,
  device: undefined,
  state: undefined,
};

const marks: Trap = {
  code: 'DOCTOR_MARK_UNSET',
  title: 'a service keyed by a mark that no rule sets gets no connection',
  look: (facts) => {
    const { firewall } = facts;
    if (firewall === undefined) return [];
    return activeServices(facts)
      .filter(({ firewallMark }) => firewallMark > 0)
      .filter(({ firewallMark, family, address }) => {
        const packet = { ...NOBODY, family, targetAddress: address?.address };
        return !setsMark(firewall, firewallMark, packet);
      })
      .map(({ name, firewallMark, address }) => {
        const vip = address?.address ?? 'VIP';
        const remedy = `iptables -t mangle -A PREROUTING -d ${vip} -p tcp --dport PORT -j MARK --set-mark ${firewallMark}, on both directors`;
        return error(
          `virtual ${name} has fwmark = ${firewallMark}, and no firewall rule of ${thisDirector(facts)}, sets it for ${vip}`,
          remedy,
        );
      });
  },
};

const AFTER_TAKEOVER = 'after a takeover every running connection is one the firewall has not seen begin';

/** Packets of running connections: clients' to the VIPs, and under NAT the real servers' answers. */
function runningPackets(facts: Facts): readonly (readonly [hook: string, packet: Packet])[] {
  const requests = activeServices(facts).flatMap((virtual) => {
    const { protocol, family, address, port, firewallMark } = virtual;
    const targetPort = port === 0 || firewallMark > 0 ? undefined : port;
    const device = address === undefined ? undefined : deviceName(address.device);
    const packet = { ...NOBODY, protocol, family, targetAddress: address?.address, targetPort, device };
    return (['PREROUTING', 'INPUT'] as const).map((hook) => [hook, packet] as const);
  });
  const answers = activePlaces(facts)
    .filter(({ server }) => server.forwarding === 'nat')
    .map(({ virtual: { protocol, family }, server: { address } }) => {
      return ['FORWARD', { ...NOBODY, protocol, family, sourceAddress: address }] as const;
    });
  return [...requests, ...answers];
}

const invalid: Trap = {
  code: 'DOCTOR_FIREWALL_INVALID',
  title: 'a firewall that drops invalid connections cuts those that were taken over',
  look: (facts) => {
    const { firewall = [] } = facts;
    const drops = runningPackets(facts).flatMap(([hook, packet]) => {
      const by = droppedBy(firewall, hook, { ...packet, state: 'invalid' });
      const passes = ['established', 'new'].some(
        (state) => droppedBy(firewall, hook, { ...packet, state }) === undefined,
      );
      return by === undefined || !passes ? [] : [by];
    });
    const remedy = 'exempt the VIPs from this rule, or do not track them (raw table)';
    return onceEach(drops.map((text) => warning(`${text}: ${AFTER_TAKEOVER}`, remedy)));
  },
};

const beats: Trap = {
  code: 'DOCTOR_FIREWALL_BEATS',
  title: 'a firewall that drops heartbeats makes both directors active',
  look: (facts) => {
    const { firewall = [], configuration } = facts;
    const port = configuration.heartbeatPort;
    const found = beatPaths(facts).flatMap(({ own, partner, device, multicast }) => {
      const packet: Packet = {
        ...NOBODY,
        family: partner === undefined ? 4 : addressFamily(partner),
        protocol: 'udp',
        sourceAddress: partner,
        targetAddress: multicast ?? own,
        targetPort: port,
        device,
      };
      const by = droppedBy(firewall, 'PREROUTING', packet) ?? droppedBy(firewall, 'INPUT', packet);
      if (by === undefined) return [];
      const remedy = `iptables -I INPUT -p udp --dport ${port} -s ${partner} -j ACCEPT, and on the partner the other way round`;
      return [error(`${by}, and nothing before it accepts UDP port ${port} from ${partner}`, remedy)];
    });
    return onceEach(found);
  },
};

/** Where the kernel's connection synchronisation sends, unless ipvsadm was told otherwise. */
const SYNC_GROUP = '224.0.0.81';
const SYNC_PORT = 8848;

const sync: Trap = {
  code: 'DOCTOR_FIREWALL_SYNC',
  title: 'a firewall that drops the synchronisation of connections: a takeover cuts them all',
  look: (facts) => {
    const { firewall = [], configuration } = facts;
    if (configuration.failoverState !== 'sync' || beatPaths(facts).length === 0) return [];
    const packet: Packet = {
      ...NOBODY,
      protocol: 'udp',
      targetAddress: SYNC_GROUP,
      targetPort: SYNC_PORT,
      device: configuration.syncInterface,
      state: 'new',
    };
    const by = droppedBy(firewall, 'PREROUTING', packet) ?? droppedBy(firewall, 'INPUT', packet);
    if (by === undefined) return [];
    const remedy = `iptables -I INPUT -i ${configuration.syncInterface} -d ${SYNC_GROUP} -p udp --dport ${SYNC_PORT} -j ACCEPT, on both directors`;
    return [error(`${by}, and nothing before it accepts UDP port ${SYNC_PORT} to ${SYNC_GROUP}`, remedy)];
  },
};

export const FIREWALL_TRAPS: readonly Trap[] = [marks, invalid, beats, sync];
