import {
  type CheckSpec,
  checksOf,
  type LvsConfiguration,
  type RealServerConfig,
  type VirtualServerConfig,
} from '@piranha/config';

/** The nanny's own, ms. */
export const DEFAULT_RETRY_DELAY_MS = 1_000;

/** One real service that a nanny watches. */
export interface CheckTarget {
  /** Name that stays the same over reloads: service, protocol, real address and checked port. */
  readonly id: string;
  readonly service: VirtualServerConfig;
  readonly server: RealServerConfig;
}

/** What is watched, and which target answers for which server block. */
export interface TargetIndex {
  /** One for each identity, in the order of the file. */
  readonly targets: readonly CheckTarget[];
  /** The identity that answers for a server block; undefined for a block that is not active. */
  idOf(server: RealServerConfig): string | undefined;
}

/** Two blocks of one name are two services, so the second is `web#2`. */
function serviceLabels(services: readonly VirtualServerConfig[]): Map<VirtualServerConfig, string> {
  const seen = new Map<string, number>();
  const labels = new Map<VirtualServerConfig, string>();
  for (const service of services) {
    const count = (seen.get(service.name) ?? 0) + 1;
    seen.set(service.name, count);
    labels.set(service, count === 1 ? service.name : `${service.name}#${count}`);
  }
  return labels;
}

/**
 * Lists the real services that need a nanny: active servers of active services. Server blocks of one identity share
 * one nanny, as in the original.
 */
export function indexTargets(configuration: LvsConfiguration): TargetIndex {
  const targets = new Map<string, CheckTarget>();
  const ids = new Map<RealServerConfig, string>();
  const labels = serviceLabels(configuration.virtualServers);
  for (const service of configuration.virtualServers) {
    if (!service.active) continue;
    for (const server of service.servers) {
      if (!server.active) continue;
      const id = `${labels.get(service)} ${service.protocol} ${server.address}:${server.port}`;
      ids.set(server, id);
      if (!targets.has(id)) targets.set(id, { id, service, server });
    }
  }
  return { targets: [...targets.values()], idOf: (server) => ids.get(server) };
}

/** Steps of a check where they are more than connect, send and receive: each may take its whole limit. */
const STEPS: Readonly<Partial<Record<CheckSpec['kind'], number>>> = {
  // Over UDP, and then over TCP.
  dns: 4,
  ssl_get: 4,
  // What is said to the server and heard of it, the farewell included.
  smtp: 6,
  redis: 6,
  ldap: 6,
  ftp: 8,
  imap: 6,
  pop: 8,
  postgresql: 9,
  mysql: 10,
};

/** How long a check of a block may take at most, ms. */
function longestMs({ kind, ...spec }: CheckSpec, timeoutMs: number): number {
  return (STEPS[kind] ?? 3) * Math.max(spec.timeoutMs ?? timeoutMs, spec.connectTimeoutMs ?? 0);
}

/** Wait between two checks while nothing changes, ms. */
export function checkIntervalMs({
  service,
  server: { watch },
}: Pick<CheckTarget, 'service' | 'server'>): number {
  return watch?.intervalMs ?? watch?.timeoutMs ?? service.check.timeoutMs;
}

/** Wait between two checks of a server that is believed to be this, ms. */
export function presentIntervalMs(target: Pick<CheckTarget, 'service' | 'server'>, isDown: boolean): number {
  const intervalMs = checkIntervalMs(target);
  return isDown ? (target.server.watch?.downIntervalMs ?? intervalMs) : intervalMs;
}

export interface WatchTimes {
  readonly timeoutMs: number;
  readonly reentryMs: number;
  /** What the first verdict may take beyond three timeouts, ms. */
  readonly firstVerdictExtraMs: number;
  /** What the first result of a nanny that was renewed may take beyond a timeout, ms. */
  readonly firstResultExtraMs: number;
}

/** The times of one target: the server's own words, else its virtual's. */
export function watchTimes({ service, server }: Pick<CheckTarget, 'service' | 'server'>): WatchTimes {
  const { watch } = server;
  const timeoutMs = watch?.timeoutMs ?? service.check.timeoutMs;
  const specs = checksOf(service.check, server)?.specs ?? [];
  const checkMs = Math.max(3 * timeoutMs, ...specs.map((spec) => longestMs(spec, timeoutMs)));
  const repetitionMs = checkMs + (watch?.retryDelayMs ?? DEFAULT_RETRY_DELAY_MS);
  const firstVerdictExtraMs =
    checkMs - 3 * timeoutMs + (watch?.warmupMs ?? 0) + (watch?.retries ?? 0) * repetitionMs;
  return {
    timeoutMs,
    reentryMs: watch?.reentryMs ?? service.check.reentryMs,
    firstVerdictExtraMs,
    // A nanny scatters the first checks of servers that are known over an interval.
    firstResultExtraMs: 2 * timeoutMs + firstVerdictExtraMs + checkIntervalMs({ service, server }),
  };
}
