import { directorWords, type LvsConfiguration, releaseLimitMs } from '@piranha/config';
import type { NodeRole } from '@piranha/protocol';
import { gateAfterMs } from './gate.js';
import type { RankedDirector } from './other-directors.js';
import { blockPath, otherDirectors, pathsToOthers } from './own-director.js';
import type { PulseSettings } from './types.js';

/** One heartbeat path: own address and the partner's. */
export interface HeartbeatPath {
  /** `public`, `private`, or that of a heartbeat_path block. */
  readonly name: string;
  /** Whose address `partner` is, where there are more than two directors. */
  readonly director?: string;
  readonly local: string;
  readonly partner: string;
  /** Group to which beats go in place of the partner's address. */
  readonly multicast?: string;
}

/** Role by the original's test: a node is primary if one of its own addresses is the primary's, else backup. */
export function roleFromAddresses(
  configuration: Pick<LvsConfiguration, 'primary'>,
  ownAddresses: ReadonlySet<string>,
): NodeRole {
  return configuration.primary !== undefined && ownAddresses.has(configuration.primary)
    ? 'primary'
    : 'backup';
}

/** Distinct VIPs of active virtual servers, in the file's order. */
export function vipsOf(configuration: LvsConfiguration): readonly string[] {
  const active = configuration.virtualServers.filter((service) => service.active);
  const addresses = active.flatMap((service) => service.address?.address ?? []);
  return [...new Set(addresses)];
}

/** True when a partner is configured and switched on. */
function hasPartner(configuration: LvsConfiguration): boolean {
  return (
    configuration.backupActive && configuration.backup !== undefined && configuration.primary !== undefined
  );
}

/**
 * The public path, where its addresses differ the private one, and those of heartbeat_path blocks; to each other director,
 * where `self` is one of several.
 */
export function heartbeatPaths(
  configuration: LvsConfiguration,
  role: NodeRole,
  self?: RankedDirector,
): readonly HeartbeatPath[] {
  if (self !== undefined) return pathsToOthers(configuration, self);
  const { primary, backup, primaryPrivate, backupPrivate } = configuration;
  if (!hasPartner(configuration) || primary === undefined || backup === undefined) return [];
  const path = (name: HeartbeatPath['name'], ofPrimary: string, ofBackup: string): HeartbeatPath =>
    role === 'primary'
      ? { name, local: ofPrimary, partner: ofBackup }
      : { name, local: ofBackup, partner: ofPrimary };
  const paths = [path('public', primary, backup)];
  const second = primaryPrivate !== undefined && primaryPrivate !== primary;
  if (second && backupPrivate !== undefined) paths.push(path('private', primaryPrivate, backupPrivate));
  return [...paths, ...morePaths(configuration, role)];
}

/** The paths of a pair that are in heartbeat_path blocks; by the names of director blocks where there are some. */
function morePaths(configuration: LvsConfiguration, role: NodeRole): readonly HeartbeatPath[] {
  const [first, second] = directorWords(configuration);
  const [own, other] = role === 'primary' ? [first, second] : [second, first];
  return configuration.heartbeatPaths.flatMap((block) => blockPath(block, own, other) ?? []);
}

/** The addresses at the other ends of these paths, those of one director together. */
function addressesByDirector(paths: readonly HeartbeatPath[]): readonly (readonly string[])[] {
  const of = new Map<string, string[]>();
  for (const { director = '', partner } of paths) of.set(director, [...(of.get(director) ?? []), partner]);
  return [...of.values()];
}

/** This node's own heartbeat addresses, as the file has them. */
function ownHeartbeatAddresses(
  configuration: LvsConfiguration,
  role: NodeRole,
  self?: RankedDirector,
): { readonly publicAddress: string | undefined; readonly privateAddress: string | undefined } {
  const { primary, backup, primaryPrivate, backupPrivate, directors } = configuration;
  const block = self && directors.find(({ name }) => name === self.name);
  if (block !== undefined) return block;
  return role === 'primary'
    ? { publicAddress: primary, privateAddress: primaryPrivate }
    : { publicAddress: backup, privateAddress: backupPrivate };
}

/**
 * Which heartbeat addresses a configuration gives this node, and each other one.
 * @param now which node this is, which a reload may change
 */
export function addressQuestions(now: () => Pick<PulseSettings, 'role' | 'self'>) {
  return {
    ownAddresses: (configuration: LvsConfiguration) => {
      const { role, self } = now();
      return ownHeartbeatAddresses(configuration, role, self);
    },
    partnerAddresses: (configuration: LvsConfiguration) => {
      const { role, self } = now();
      return addressesByDirector(heartbeatPaths(configuration, role, self));
    },
  };
}

/** What the state machine needs of a configuration. */
export function pulseSettings(
  configuration: LvsConfiguration,
  role: NodeRole,
  self?: RankedDirector,
): PulseSettings {
  const { keepaliveMs, deadtimeMs, witness, fence } = configuration;
  const hasGate = hasPartner(configuration) && (witness.targets.length > 0 || fence !== undefined);
  return {
    role,
    hasPartner: hasPartner(configuration),
    keepaliveMs,
    deadtimeMs,
    releaseLimitMs: releaseLimitMs(configuration),
    vips: vipsOf(configuration),
    gateAfterMs: hasGate ? gateAfterMs(keepaliveMs, witness.holdLimitMs) : undefined,
    ...(self === undefined ? {} : { self, others: otherDirectors(configuration, self) }),
  };
}
