import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import {
  NEW_SERVICE,
  type ServerVerdict,
  type ServiceMember,
  type ServiceState,
  serverKeyText,
  serviceKeyOf,
  serviceKeyText,
  servicePolicyOf,
  stepService,
  verdictInService,
} from '@piranha/ipvs';
import type { LvsdStatus, ServerStatus, ServiceStatus } from '@piranha/protocol';

/** What a running lvsd would make of the servers and services of another configuration. */
export interface RunningServices {
  readonly verdictOf: (service: VirtualServerConfig, server: RealServerConfig) => ServerVerdict;
  /** True where the servers that are up are too few, so that a sorry server takes the new connections. */
  readonly lacksQuorum: (service: VirtualServerConfig) => boolean;
  /** What cannot be known from here, one line each. */
  readonly assumptions: readonly string[];
}

type Known = ServiceMember['health'] | 'drained' | 'out';

const RANK: Readonly<Record<ServerVerdict, number>> = { up: 0, unknown: 1, drained: 2, down: 3, out: 4 };

/** What lvsd makes of a server: its order counts more than its health, as in lvsd's own table. */
function verdictOf({ health, maintenance }: ServerStatus): ServerVerdict {
  if (maintenance === undefined || maintenance.phase === 'held') return health;
  return maintenance.phase === 'draining' ? 'drained' : 'out';
}

/** lvsd's word for a server of a service, address and port; the worst, if several blocks have it. */
function knownVerdicts(status: LvsdStatus): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  for (const { key, servers } of status.services) {
    for (const server of servers) {
      const text = `${key} ${serverKeyText(server)}`;
      const before = known.get(text) ?? 'up';
      const verdict = verdictOf(server);
      known.set(text, RANK[verdict] > RANK[before] ? verdict : before);
    }
  }
  return known;
}

/** A sorry server that serves means a lost quorum where lvsd itself says nothing. */
function stateOf(service: ServiceStatus | undefined): ServiceState {
  if (service === undefined) return NEW_SERVICE;
  const { rules, sorryServerActive } = service;
  if (rules) return { ...rules, steady: new Set(rules.steady) };
  return sorryServerActive ? { ...NEW_SERVICE, quorum: 'lost' } : NEW_SERVICE;
}

/**
 * Judges the services of a configuration by the rules of lvsd, with the health, the orders and the history that the
 * running one tells. A server that it does not watch counts as up.
 */
export function runningServices(status: LvsdStatus, configuration: LvsConfiguration): RunningServices {
  const known = knownVerdicts(status);
  const told = new Map(status.services.map((service) => [`${service.name} ${service.key}`, service]));
  const states = new Map<VirtualServerConfig, ServiceState>();
  const assumptions: string[] = [];
  const placeOf = (service: VirtualServerConfig, server: RealServerConfig) => {
    const key = serviceKeyOf(service);
    return key && `${serviceKeyText(key)} ${serverKeyText(server)}`;
  };
  const knownOf = (service: VirtualServerConfig, server: RealServerConfig): Known =>
    known.get(placeOf(service, server) ?? '') ?? 'up';
  for (const service of configuration.virtualServers.filter(({ active }) => active)) {
    const key = serviceKeyOf(service);
    const servers = service.servers.filter(({ active }) => active);
    for (const server of servers) {
      if (known.has(placeOf(service, server) ?? '')) continue;
      const name = `${service.name}/${server.name} (${serverKeyText(server)})`;
      assumptions.push(`${name} is not watched yet: taken as up, it comes in after its first check`);
    }
    const policy = servicePolicyOf(service);
    if (policy === undefined) continue;
    const members = servers.map((server): ServiceMember => {
      const verdict = knownOf(service, server);
      const isOrdered = verdict === 'drained' || verdict === 'out';
      // Whoever is out of service by order counts nowhere.
      const weight = isOrdered ? 0 : server.weight;
      return { id: serverKeyText(server), weight, health: isOrdered ? 'unknown' : verdict };
    });
    const before = stateOf(key && told.get(`${service.name} ${serviceKeyText(key)}`));
    states.set(service, stepService(policy, before, members, true).state);
  }
  if (!status.ready) assumptions.push('lvsd waits for first verdicts: its table is not settled');
  return {
    verdictOf: (service, server) => {
      const verdict = knownOf(service, server);
      const state = states.get(service);
      if (verdict === 'drained' || verdict === 'out' || state === undefined) return verdict;
      if (service.panicPercent === undefined) return verdict;
      return verdictInService(state, serverKeyText(server), verdict);
    },
    lacksQuorum: (service) => service.quorum !== undefined && states.get(service)?.quorum === 'lost',
    assumptions,
  };
}
