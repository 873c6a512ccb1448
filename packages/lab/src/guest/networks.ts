import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Namespace } from './namespace.js';

/**
 * The lab's wiring. Three bridges stand for the networks: `public`, where clients, directors and (for direct routing
 * and tunnels) real servers meet; `private`, the directors' second heartbeat path; `inner`, behind the directors,
 * where NAT's real servers live.
 */
const NETWORKS = { public: '10.0.0', private: '10.0.1', inner: '192.168.7' } as const;
export type NetworkName = keyof typeof NETWORKS;
export const NETWORK_NAMES = Object.keys(NETWORKS) as NetworkName[];

/** Hosts with the last byte of their addresses and their networks, in the order of their interfaces eth0, eth1… */
const HOSTS = {
  client: { last: 1, networks: ['public'] },
  alpha: { last: 2, networks: ['public', 'private', 'inner'] },
  beta: { last: 3, networks: ['public', 'private', 'inner'] },
  gamma: { last: 4, networks: ['public', 'private', 'inner'] },
  one: { last: 11, networks: ['public', 'inner'] },
  two: { last: 12, networks: ['public', 'inner'] },
  three: { last: 13, networks: ['public', 'inner'] },
} as const satisfies Record<string, { last: number; networks: readonly NetworkName[] }>;
export type HostName = keyof typeof HOSTS;

/** The hosts that play real servers. */
export const SERVER_NAMES = ['one', 'two', 'three'] as const satisfies readonly HostName[];
export type ServerName = (typeof SERVER_NAMES)[number];

/** The IPv4 address of a host on a network. */
export function addressOf(host: HostName, network: NetworkName): string {
  return `${NETWORKS[network]}.${HOSTS[host].last}`;
}

const SIX = { public: 'fd00:a::', private: 'fd00:b::', inner: 'fd00:c::' } as const;

/** The IPv6 address of a host on a network, once `addIpv6` gave it one. */
export function addressSixOf(host: HostName, network: NetworkName): string {
  return `${SIX[network]}${HOSTS[host].last}`;
}

/** The name of a host's interface on a network. */
function interfaceOf(host: HostName, network: NetworkName): string {
  const networks: readonly NetworkName[] = HOSTS[host].networks;
  return `eth${networks.indexOf(network)}`;
}

/** The wire's other end, in the driver's own namespace. */
function portOf(host: HostName, network: NetworkName): string {
  return `${host}-${network}`;
}

/** The hosts of the lab, wired up, and the faults of their wires. */
export class Networks {
  private readonly hosts = new Map<HostName, Namespace>();

  /** Makes bridges, namespaces, wires and addresses. */
  constructor() {
    const names = Object.keys(HOSTS) as HostName[];
    const bridges = Object.keys(NETWORKS).flatMap((name) => [
      `link add ${name} type bridge forward_delay 0`,
      `link set ${name} up`,
    ]);
    ipBatch([...bridges, ...names.map((name) => `netns add ${name}`), ...names.flatMap(wires)]);
    for (const name of names) {
      const namespace = new Namespace(name);
      this.hosts.set(name, namespace);
      namespace.ip('link set lo up', ...addresses(name));
    }
  }

  host(name: HostName): Namespace {
    const namespace = this.hosts.get(name);
    if (namespace === undefined) throw new Error(`no host ${name}`);
    return namespace;
  }

  /** Gives every host an IPv6 address on each of its networks. */
  addIpv6(): void {
    for (const [name, host] of this.hosts) {
      // Without duplicate detection: an address is not usable before that has ended.
      host.ip(
        ...HOSTS[name].networks.map(
          (network) => `addr add ${addressSixOf(name, network)}/64 dev ${interfaceOf(name, network)} nodad`,
        ),
      );
    }
  }

  /** Lets both ends of a host's wire to a network carry packets of this size, or only the bridge's end. */
  setMtu(host: HostName, network: NetworkName, bytes: number, ends: 'both' | 'bridge' = 'both'): void {
    ipBatch([`link set ${portOf(host, network)} mtu ${bytes}`]);
    if (ends === 'both') this.host(host).ip(`link set ${interfaceOf(host, network)} mtu ${bytes}`);
  }

  /** Wires a host to a network once more, by an interface of that name without an address. */
  addWire(host: HostName, network: NetworkName, device: string): void {
    ipBatch([
      `link add ${host}-${device} type veth peer name ${device} netns ${host}`,
      `link set ${host}-${device} master ${network} up`,
    ]);
  }

  /** Pulls the cable of a wire that addWire made. */
  cutWire(host: HostName, device: string): void {
    ipBatch([`link set ${host}-${device} down`]);
  }

  /** Puts the cable of such a wire back. */
  healWire(host: HostName, device: string): void {
    ipBatch([`link set ${host}-${device} up`]);
  }

  /** Pulls the cable: the host's interface loses its carrier. */
  cut(host: HostName, network: NetworkName): void {
    ipBatch([`link set ${portOf(host, network)} down`]);
  }

  /** Puts the cable back. */
  heal(host: HostName, network: NetworkName): void {
    ipBatch([`link set ${portOf(host, network)} up`]);
  }

  /** Loses everything on its way to the host, or from it, without a sign of it on the link. */
  lose(host: HostName, network: NetworkName, way: 'to' | 'from'): void {
    this.impair(host, network, way, 'loss', '100%');
  }

  /** Delays everything on its way to the host, or from it. */
  delay(host: HostName, network: NetworkName, way: 'to' | 'from', milliseconds: number): void {
    this.impair(host, network, way, 'delay', `${milliseconds}ms`);
  }

  /** Ends losses and delays of a wire. */
  repair(host: HostName, network: NetworkName, way: 'to' | 'from'): void {
    this.tc(host, network, way, 'del', []);
  }

  /** Makes the kernel of a host ask a neighbour that it knows whether it is still there, at this moment. */
  doubt(host: HostName, neighbour: HostName, network: NetworkName): void {
    const device = interfaceOf(host, network);
    this.host(host).ip(`neigh change ${addressOf(neighbour, network)} dev ${device} nud probe`);
  }

  private impair(
    host: HostName,
    network: NetworkName,
    way: 'to' | 'from',
    ...netem: readonly string[]
  ): void {
    this.tc(host, network, way, 'add', ['netem', ...netem]);
  }

  /** What leaves the bridge's port goes to the host; what leaves the host's interface comes from it. */
  private tc(
    host: HostName,
    network: NetworkName,
    way: 'to' | 'from',
    verb: 'add' | 'del',
    rest: readonly string[],
  ): void {
    const device = way === 'to' ? portOf(host, network) : interfaceOf(host, network);
    const args = ['qdisc', verb, 'dev', device, 'root', ...rest];
    if (way === 'to') execFileSync('tc', args, { stdio: 'pipe' });
    else this.host(host).exec('tc', ...args);
  }
}

function wires(host: HostName): string[] {
  return HOSTS[host].networks.flatMap((network) => [
    `link add ${portOf(host, network)} type veth peer name ${interfaceOf(host, network)} netns ${host}`,
    `link set ${portOf(host, network)} master ${network} up`,
  ]);
}

function addresses(host: HostName): string[] {
  return HOSTS[host].networks.flatMap((network) => [
    `addr add ${addressOf(host, network)}/24 dev ${interfaceOf(host, network)}`,
    `link set ${interfaceOf(host, network)} up`,
  ]);
}

function ipBatch(lines: readonly string[]): void {
  execFileSync('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n`, stdio: 'pipe' });
}

/** Sets sysctls of a host, by their dotted names. */
export function setSysctls(host: Namespace, values: Readonly<Record<string, string>>): void {
  host.run(() => {
    for (const [name, value] of Object.entries(values)) {
      writeFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, value);
    }
  });
}
