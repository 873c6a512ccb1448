import { type DirectorConfig, directorWords, endsOfPath } from '@piranha/config';
import type { Facts } from './facts.js';
import { ownBlock, roleOf } from './places.js';

/** One way by which the directors tell each other that they live. */
interface BeatPath {
  readonly own: string | undefined;
  readonly partner: string | undefined;
  readonly device: string | undefined;
  /** Group to which they are sent; undefined: to the address. */
  readonly multicast?: string | undefined;
}

type Ends = readonly [own: string | undefined, partner: string | undefined, multicast?: string];

/** The paths of the heartbeats, as this machine sees them; none without a partner. */
export function beatPaths(facts: Pick<Facts, 'configuration' | 'addresses'>): readonly BeatPath[] {
  const { backup, backupActive, directors } = facts.configuration;
  if (backup === undefined || !backupActive) return [];
  const ends = directors.length > 2 ? pathsToOthers(facts) : pathsOfPair(facts);
  return ends.flatMap(([own, partner, multicast]) => {
    if (own === undefined || partner === undefined) return [];
    const device = facts.addresses?.find(({ address }) => address === own)?.device;
    return [{ own, partner, device, multicast }];
  });
}

function pathsOfPair(facts: Pick<Facts, 'configuration' | 'addresses'>): readonly Ends[] {
  const { primary, primaryPrivate, backup, backupPrivate } = facts.configuration;
  const [first, second] = directorWords(facts.configuration);
  return roleOf(facts) === 'backup'
    ? [[backup, primary], [backupPrivate, primaryPrivate], ...blockPaths(facts, second, first)]
    : [[primary, backup], [primaryPrivate, backupPrivate], ...blockPaths(facts, first, second)];
}

/** To each other one of more than two directors; the second path is there where both have one. */
function pathsToOthers(facts: Pick<Facts, 'configuration' | 'addresses'>): readonly Ends[] {
  const own = ownBlock(facts);
  if (own === undefined) return [];
  const hasSecond = (one: DirectorConfig): boolean => one.privateAddress !== one.publicAddress;
  return facts.configuration.directors
    .filter((one) => one !== own)
    .flatMap((one) => {
      const first = [own.publicAddress, one.publicAddress] as const;
      const more = blockPaths(facts, own.name, one.name);
      return hasSecond(own) && hasSecond(one)
        ? [first, [own.privateAddress, one.privateAddress] as const, ...more]
        : [first, ...more];
    });
}

/** The paths of heartbeat_path blocks between two directors. */
function blockPaths(
  { configuration }: Pick<Facts, 'configuration'>,
  own: string | undefined,
  other: string | undefined,
): readonly Ends[] {
  return configuration.heartbeatPaths.flatMap((path) => {
    const ends = endsOfPath(path, own, other);
    return ends === undefined ? [] : [[ends.own, ends.other, path.multicast] as const];
  });
}
