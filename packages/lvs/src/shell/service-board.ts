import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import {
  NEW_SERVICE,
  SERVING_SERVICE,
  type ServerVerdict,
  type ServiceChange,
  type ServiceState,
  serverKeyText,
  serviceKeyOf,
  servicePolicyOf,
  stepService,
  verdictInService,
} from '@piranha/ipvs';
import type { ServiceRulesStatus } from '@piranha/protocol';
import type { Health } from '../core/health.js';
import { carryOver, serviceKeys } from '../core/service-keys.js';
import { sorryServerStands, type TableIndex } from '../core/table-places.js';
import type { LostQuorums } from './lost-quorums.js';

interface ServiceBoardOptions {
  /** Identity of an active server block. */
  readonly idOf: (server: RealServerConfig) => string | undefined;
  readonly healthOf: (server: RealServerConfig) => Health | undefined;
  /** What an operator wants the table to make of a server; undefined where its health counts. */
  readonly orderedOf: (server: RealServerConfig) => ServerVerdict | undefined;
  readonly onChange: (service: VirtualServerConfig, change: ServiceChange) => void;
  /** Those that the table does not show. */
  readonly lost: Pick<LostQuorums, 'found' | 'keep'>;
}

/** What is believed of each service as a whole. */
export class ServiceBoard {
  private states = new Map<string, ServiceState>();
  private keys = new Map<VirtualServerConfig, string>();

  constructor(private readonly options: ServiceBoardOptions) {}

  /**
   * What the table shows of a quorum. A sorry server that serves means that it was lost before, and whoever was to be told was.
   * Without one the servers go on as they are: that it was lost was written down.
   */
  adopt(all: readonly VirtualServerConfig[], live: TableIndex): void {
    this.know(all);
    for (const [service, key] of this.keys) {
      if (service.quorum === undefined) continue;
      const serves = live.service(serviceKeyOf(service))?.servers.some(({ weight }) => weight > 0) ?? false;
      const isLost = sorryServerStands(service, live) || (serves && this.options.lost.found.has(key));
      if (isLost) this.states.set(key, { ...NEW_SERVICE, quorum: 'lost' });
      else if (serves) this.states.set(key, SERVING_SERVICE);
    }
  }

  /**
   * Works all services out anew.
   * @param isSettled a server's first verdict is not waited for any more
   */
  judge({ virtualServers }: LvsConfiguration, isSettled: (server: RealServerConfig) => boolean): void {
    this.know(virtualServers);
    for (const [service, key] of this.keys) {
      const policy = servicePolicyOf(service);
      if (policy === undefined) continue;
      const settled = service.servers.every((server) => !server.active || isSettled(server));
      const { state, changes } = stepService(policy, this.stateOf(service), this.members(service), settled);
      this.states.set(key, state);
      for (const change of changes) this.options.onChange(service, change);
    }
    this.options.lost.keep([...this.keys].filter(([one]) => this.lacksQuorum(one)).map(([, key]) => key));
  }

  /** What the table is to make of a server: an order counts most, then a panic of its service, then its health. */
  verdictOf(service: VirtualServerConfig, server: RealServerConfig): ServerVerdict {
    const ordered = this.options.orderedOf(server);
    if (ordered !== undefined) return ordered;
    const health = this.options.healthOf(server) ?? 'unknown';
    const id = this.options.idOf(server);
    const isJudged = service.panicPercent !== undefined && id !== undefined;
    return isJudged ? verdictInService(this.stateOf(service), id, health) : health;
  }

  /** True where the servers that are up are too few. */
  lacksQuorum(service: VirtualServerConfig): boolean {
    return service.quorum !== undefined && this.stateOf(service).quorum === 'lost';
  }

  /** What is believed of a service that has a quorum or a panic threshold, with the places of its steady servers. */
  rulesOf(service: VirtualServerConfig): ServiceRulesStatus | undefined {
    if (servicePolicyOf(service) === undefined) return undefined;
    const { quorum, panicking, steady } = this.stateOf(service);
    const kept = service.servers.filter((server) => steady.has(this.options.idOf(server) ?? ''));
    return { quorum, panicking, steady: kept.map(serverKeyText) };
  }

  private stateOf(service: VirtualServerConfig): ServiceState {
    return this.states.get(this.keys.get(service) ?? '') ?? NEW_SERVICE;
  }

  /** Takes another configuration over; nothing for the one that is known. */
  private know(all: readonly VirtualServerConfig[]): void {
    const services = all.filter(({ active }) => active);
    if (services.length === this.keys.size && services.every((service) => this.keys.has(service))) return;
    const keys = serviceKeys(services);
    this.states = carryOver(this.states, this.keys, keys);
    this.keys = keys;
  }

  private members({ servers }: VirtualServerConfig) {
    const { idOf, orderedOf, healthOf } = this.options;
    return servers.flatMap((server) => {
      const id = idOf(server);
      if (id === undefined) return [];
      // Whoever is out of service by order counts nowhere, like one of weight 0.
      const weight = orderedOf(server) === undefined ? server.weight : 0;
      return [{ id, weight, health: healthOf(server) ?? 'unknown' }];
    });
  }
}
