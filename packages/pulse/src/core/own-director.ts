import { UserError } from '@piranha/common';
import {
  type DirectorConfig,
  endsOfPath,
  type HeartbeatPathConfig,
  type LvsConfiguration,
} from '@piranha/config';
import type { NodeRole } from '@piranha/protocol';
import type { RankedDirector } from './other-directors.js';
import type { HeartbeatPath } from './settings.js';

/** Which of the directors of lvs.cf this node is. */

/** What the command line or piranha.ini say about it. */
export interface OwnNode {
  readonly role: NodeRole | undefined;
  readonly name: string | undefined;
}

type Directors = Pick<LvsConfiguration, 'directors'>;

/** True where there are more directors than a pair. */
export function isSeveral({ directors }: Directors): boolean {
  return directors.length > 2;
}

/**
 * The block of this node: that of its name, else the one whose address is its own. Undefined where nothing tells, and
 * without blocks.
 * @throws UserError `PULSE_UNKNOWN_DIRECTOR` for a name that lvs.cf does not have; with more than two directors
 * `PULSE_WHICH_DIRECTOR` where nothing, or more than one address, tells
 */
export function ownDirector(
  configuration: Directors,
  { role, name }: OwnNode,
  ownAddresses: () => ReadonlySet<string>,
): RankedDirector | undefined {
  const ranked = configuration.directors.map((block, rank) => ({ block, rank, name: block.name }));
  const names = ranked.map((one) => one.name).join(', ');
  if (name !== undefined) {
    const named = ranked.find((one) => one.name === name);
    if (named !== undefined) return { name, rank: named.rank };
    const hint = names === '' ? 'it has no director blocks: give --node primary|backup' : `it has ${names}`;
    throw new UserError(`pulse: lvs.cf has no director '${name}'`, { code: 'PULSE_UNKNOWN_DIRECTOR', hint });
  }
  if (!isSeveral(configuration)) return undefined;
  if (role === 'primary') return { name: ranked[0]?.name ?? '', rank: 0 };
  const own = ownAddresses();
  const held = ranked.filter(({ block }) => hasOneOf(block, own));
  const [only] = held;
  if (only !== undefined && held.length === 1) return { name: only.name, rank: only.rank };
  const why =
    held.length === 0
      ? 'no address of this machine is that of a director'
      : `this machine has addresses of ${held.map((one) => one.name).join(' and ')}`;
  throw new UserError(`pulse: which director is this? ${why}`, {
    code: 'PULSE_WHICH_DIRECTOR',
    hint: `give --name, one of ${names}`,
  });
}

function hasOneOf({ publicAddress, privateAddress }: DirectorConfig, own: ReadonlySet<string>): boolean {
  return [publicAddress, privateAddress].some((address) => address !== undefined && own.has(address));
}

/** Every other director, by rank. */
export function otherDirectors({ directors }: Directors, self: RankedDirector): readonly RankedDirector[] {
  return directors.map(({ name }, rank) => ({ name, rank })).filter(({ rank }) => rank !== self.rank);
}

/** The path of a heartbeat_path block between two directors; undefined where one has no address on it. */
export function blockPath(
  block: HeartbeatPathConfig,
  own: string | undefined,
  other: string | undefined,
): HeartbeatPath | undefined {
  const ends = endsOfPath(block, own, other);
  if (ends === undefined) return undefined;
  const { name, multicast } = block;
  return { name, local: ends.own, partner: ends.other, ...(multicast === undefined ? {} : { multicast }) };
}

/** The public path to each other director, where both have one the private one, and those of heartbeat_path blocks. */
export function pathsToOthers(
  { directors, heartbeatPaths }: Pick<LvsConfiguration, 'directors' | 'heartbeatPaths'>,
  self: RankedDirector,
): readonly HeartbeatPath[] {
  const own = directors[self.rank];
  if (own === undefined) return [];
  return directors.flatMap((other) => {
    if (other === own || own.publicAddress === undefined || other.publicAddress === undefined) return [];
    const first: HeartbeatPath = {
      name: 'public',
      director: other.name,
      local: own.publicAddress,
      partner: other.publicAddress,
    };
    const hasSecond =
      own.privateAddress !== own.publicAddress && other.privateAddress !== other.publicAddress;
    const blocks = heartbeatPaths.flatMap((block) => {
      const path = blockPath(block, own.name, other.name);
      return path === undefined ? [] : [{ ...path, director: other.name }];
    });
    if (!hasSecond || own.privateAddress === undefined || other.privateAddress === undefined)
      return [first, ...blocks];
    const second = { ...first, name: 'private', local: own.privateAddress, partner: other.privateAddress };
    return [first, second, ...blocks];
  });
}
