import { networkInterfaces } from 'node:os';
import { UserError } from '@piranha/common';
import { formatDiagnostic, type LoadResult, type LvsConfiguration, loadConfiguration } from '@piranha/config';
import type { NodeRole } from '@piranha/protocol';
import {
  BeatCrypto,
  type BeatKeyRing,
  type BeatNames,
  groupBeatNames,
  loadBeatSetup,
  pairBeatNames,
} from '@piranha/protocol/beat';
import type { BeatKeys } from '../core/beat-voice.js';
import { directorList, requireSameDirectors } from '../core/director-list.js';
import { leaveLimitMs } from '../core/leaving.js';
import type { RankedDirector } from '../core/other-directors.js';
import { isSeveral, type OwnNode, ownDirector } from '../core/own-director.js';
import type { DirectorNames } from '../core/partner-name.js';
import { type HeartbeatPath, heartbeatPaths, pulseSettings, roleFromAddresses } from '../core/settings.js';
import type { PulseSettings } from '../core/types.js';

/** By what the own protocol is spoken. */
export interface LoadedBeat {
  readonly names: BeatNames;
  readonly keyFile: string;
  readonly keys: BeatKeys;
  /** For other uses than beats. */
  readonly ring: BeatKeyRing;
}

/** Everything pulse takes from an lvs.cf. */
export interface LoadedSettings {
  readonly configuration: LvsConfiguration;
  readonly settings: PulseSettings;
  readonly paths: readonly HeartbeatPath[];
  /** Of lvs.cf, 16 hexadecimal digits. */
  readonly hash: string;
  /** By which names beats are spoken, where there is a key. */
  readonly names: BeatNames;
  /** The names of lvs.cf's director blocks. */
  readonly directorNames: DirectorNames;
  /** Undefined: the original's words are spoken. */
  readonly beat: LoadedBeat | undefined;
  /** Warnings, printed form. */
  readonly warnings: readonly string[];
}

/**
 * Reads the file and decides this node's role.
 * @throws UserError `PULSE_CONFIG` with the first line in the original's form and every finding in the hint; as
 * ownDirector, and as loadBeatSetup for the key file
 */
export async function loadSettings(file: string, { role, name }: OwnNode): Promise<LoadedSettings> {
  return settingsOf(await loadConfiguration(file), file, role, name);
}

/** As loadSettings, from a file that was read already. */
export function settingsOf(
  { configuration, diagnostics, hash }: LoadResult,
  file: string,
  role: NodeRole | undefined,
  name?: string,
): LoadedSettings {
  const printed = diagnostics.map((diagnostic) => formatDiagnostic(file, diagnostic));
  if (configuration === undefined) {
    const first = diagnostics.find((diagnostic) => diagnostic.severity === 'error');
    const where = first === undefined ? '' : ` at line ${first.line}: ${first.text}`;
    throw new UserError(`${printed.join('\n')}\npulse: error parsing ${file}${where}`, {
      code: 'PULSE_CONFIG',
      hint: 'lvsctl check FILE shows the same list',
    });
  }
  const director = ownDirector(configuration, { role, name }, ownAddresses);
  const ownRole = roleOf(director, role, configuration);
  const self = isSeveral(configuration) ? director : undefined;
  const morePaths = configuration.heartbeatPaths.map((path) => path.name);
  const names = self
    ? groupBeatNames(
        self.name,
        configuration.directors.map((one) => one.name),
        morePaths,
      )
    : pairBeatNames(ownRole, morePaths);
  return {
    configuration,
    settings: {
      ...pulseSettings(configuration, ownRole, self),
      leaveLimitMs: leaveLimitMs(configuration),
    },
    paths: heartbeatPaths(configuration, ownRole, self),
    hash: hash ?? '0'.repeat(16),
    names,
    directorNames: directorNames(configuration, director?.rank ?? (ownRole === 'primary' ? 0 : 1)),
    beat: loadBeat(configuration, names),
    warnings: printed,
  };
}

function directorNames({ directors }: LvsConfiguration, rank: number): DirectorNames {
  const names = directors.map(({ name }) => name);
  const others = names.filter((_, index) => index !== rank);
  return { own: names[rank], others, isSeveral: names.length > 2 };
}

function roleOf(
  director: RankedDirector | undefined,
  role: NodeRole | undefined,
  configuration: LvsConfiguration,
): NodeRole {
  if (director !== undefined) return director.rank === 0 ? 'primary' : 'backup';
  return role ?? roleFromAddresses(configuration, ownAddresses());
}

/** @throws UserError as loadBeatSetup: without its keys a director is deaf, and the partner would take over */
function loadBeat(
  { heartbeatKey, backupActive }: LvsConfiguration,
  names: BeatNames,
): LoadedBeat | undefined {
  if (heartbeatKey === undefined || !backupActive) return undefined;
  return beatOf(heartbeatKey.file, heartbeatKey.encrypt, names);
}

function beatOf(file: string, encrypt: boolean, names: BeatNames): LoadedBeat {
  const ring = loadBeatSetup(file, names);
  return { names, keyFile: file, keys: beatKeys(ring, encrypt), ring };
}

/**
 * What a pulse that is started again speaks: what the one before spoke, whatever became of lvs.cf since, for the partner
 * still speaks it too.
 * @param spoken key file of the one before, empty for the original's words; undefined when nothing was spoken
 * @throws UserError as loadBeatSetup
 */
export function keepProtocol(loaded: LoadedSettings, spoken: string | undefined): LoadedSettings {
  const { names, paths, beat } = loaded;
  if (spoken === undefined || paths.length === 0 || (spoken === '') === (beat === undefined)) return loaded;
  // Words cannot tell of groups: until the key counts, everything moves together.
  const { vipGroups, ...configuration } = loaded.configuration;
  if (spoken === '') return { ...loaded, configuration, beat: undefined };
  return { ...loaded, beat: beatOf(spoken, true, names) };
}

/**
 * Refuses a pulse that is started again and would be another director, or one of others, than the one before: it would hear
 * nobody, be believed by nobody, and take the addresses.
 * @param spoken as keepProtocol has it
 * @param list the directorList of the one before, parted by blanks; undefined or empty for a pair
 * @throws UserError `PULSE_DIRECTORS_CHANGE`
 */
export function requireSpokenDirectors(loaded: LoadedSettings, spoken: string | undefined, list = ''): void {
  if (spoken === undefined || loaded.paths.length === 0) return;
  const hint =
    'put the lvs.cf back that was in use; docs/several-directors.md says how to change the directors';
  const before = list.split(' ').filter((name) => name !== '');
  requireSameDirectors(before, directorList(loaded), hint);
}

/** A ring of keys, ready for use. */
export function beatKeys(ring: BeatKeyRing, encrypt: boolean): BeatKeys {
  return { sealer: new BeatCrypto(ring), sendId: ring.sendId, encrypt };
}

function ownAddresses(): ReadonlySet<string> {
  const entries = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return new Set(entries.map((entry) => entry.address));
}
