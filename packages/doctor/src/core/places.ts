import {
  type DirectorConfig,
  type LvsConfiguration,
  natRoutersOf,
  type RealServerConfig,
  type VirtualServerConfig,
} from '@piranha/config';
import type { Facts } from './facts.js';
import type { Evidence } from './trap.js';

/** What many traps ask of an lvs.cf. */

interface Place {
  readonly virtual: VirtualServerConfig;
  readonly server: RealServerConfig;
}

/** The virtual servers that are in use. */
export function activeServices({
  configuration,
}: Pick<Facts, 'configuration'>): readonly VirtualServerConfig[] {
  return configuration.virtualServers.filter(({ active }) => active);
}

/** Each real server in use, with the service that it is for. */
export function activePlaces(facts: Pick<Facts, 'configuration'>): readonly Place[] {
  return activeServices(facts).flatMap((virtual) =>
    virtual.servers.filter(({ active }) => active).map((server) => ({ virtual, server })),
  );
}

/** Without a label's number. */
export function deviceName(device: string): string {
  return device.split(':', 1)[0] ?? device;
}

/** The interfaces that are to get VIPs or the NAT router. */
export function vipDevices(configuration: LvsConfiguration): readonly string[] {
  const vips = activeServices({ configuration }).map(({ address }) => address);
  const devices = [...vips, ...natRoutersOf(configuration)].flatMap((one) =>
    one ? [deviceName(one.device)] : [],
  );
  return [...new Set(devices)].filter((device) => device !== '');
}

/** One evidence for each text: servers are named by many services. */
export function onceEach(found: readonly Evidence[]): readonly Evidence[] {
  return [...new Map(found.map((one) => [one.evidence, one])).values()];
}

/** Which of the two directors this machine is, by its own addresses; undefined where none is in lvs.cf. */
export function roleOf({
  configuration,
  addresses = [],
}: Pick<Facts, 'configuration' | 'addresses'>): 'primary' | 'backup' | undefined {
  const own = new Set(addresses.map(({ address }) => address));
  const { primary, primaryPrivate, backup, backupPrivate } = configuration;
  const has = (address: string | undefined): boolean => address !== undefined && own.has(address);
  if (has(primary) || has(primaryPrivate)) return 'primary';
  return has(backup) || has(backupPrivate) ? 'backup' : undefined;
}

/** Which of more than two directors this machine is, by its own addresses. */
export function ownBlock({
  configuration,
  addresses = [],
}: Pick<Facts, 'configuration' | 'addresses'>): DirectorConfig | undefined {
  const own = new Set(addresses.map(({ address }) => address));
  return configuration.directors.find(({ publicAddress, privateAddress }) =>
    [publicAddress, privateAddress].some((address) => address !== undefined && own.has(address)),
  );
}

/** How a finding names this machine: what is set on one director may be missing on the other. */
export function thisDirector(facts: Pick<Facts, 'configuration' | 'addresses'>): string {
  if (facts.configuration.directors.length > 2) {
    const name = ownBlock(facts)?.name;
    return name === undefined ? 'this machine, which is none of the directors' : `this director, ${name}`;
  }
  const role = roleOf(facts);
  return role === undefined
    ? 'this machine, which is neither of the directors'
    : `this director, the ${role}`;
}
