import { networkInterfaces } from 'node:os';
import { UserError } from '@piranha/common';
import { formatDiagnostic, type LoadResult, type LvsConfiguration, loadConfiguration } from '@piranha/config';
import type { NodeRole } from '@piranha/protocol';
import {
  BeatCrypto,
  type BeatKeyRing,
  type BeatNames,
  loadBeatSetup,
  pairBeatNames,
} from '@piranha/protocol/beat';
import type { BeatKeys } from '../core/beat-voice.js';
import { type HeartbeatPath, heartbeatPaths, pulseSettings, roleFromAddresses } from '../core/settings.js';
import type { PulseSettings } from '../core/types.js';

/** By what the own protocol is spoken. */
interface LoadedBeat {
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
  /** Undefined: the original's words are spoken. */
  readonly beat: LoadedBeat | undefined;
  /** Warnings, printed form. */
  readonly warnings: readonly string[];
}

/**
 * Reads the file and decides this node's role.
 * @throws UserError `PULSE_CONFIG` with the first line in the original's form and every finding in the hint; as
 * loadBeatSetup for the key file
 */
export async function loadSettings(file: string, role: NodeRole | undefined): Promise<LoadedSettings> {
  return settingsOf(await loadConfiguration(file), file, role);
}

/** As loadSettings, from a file that was read already. */
export function settingsOf(
  { configuration, diagnostics, hash }: LoadResult,
  file: string,
  role: NodeRole | undefined,
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
  const ownRole = role ?? roleFromAddresses(configuration, ownAddresses());
  return {
    configuration,
    settings: pulseSettings(configuration, ownRole),
    paths: heartbeatPaths(configuration, ownRole),
    hash: hash ?? '0'.repeat(16),
    beat: loadBeat(configuration, ownRole),
    warnings: printed,
  };
}

/** @throws UserError as loadBeatSetup: without its keys a director is deaf, and the partner would take over */
function loadBeat({ heartbeatKey, backupActive }: LvsConfiguration, role: NodeRole): LoadedBeat | undefined {
  if (heartbeatKey === undefined || !backupActive) return undefined;
  return beatOf(heartbeatKey.file, heartbeatKey.encrypt, role);
}

function beatOf(file: string, encrypt: boolean, role: NodeRole): LoadedBeat {
  const names = pairBeatNames(role);
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
  const { settings, paths, beat } = loaded;
  if (spoken === undefined || paths.length === 0 || (spoken === '') === (beat === undefined)) return loaded;
  if (spoken === '') return { ...loaded, beat: undefined };
  return { ...loaded, beat: beatOf(spoken, true, settings.role) };
}

/** A ring of keys, ready for use. */
export function beatKeys(ring: BeatKeyRing, encrypt: boolean): BeatKeys {
  return { sealer: new BeatCrypto(ring), sendId: ring.sendId, encrypt };
}

function ownAddresses(): ReadonlySet<string> {
  const entries = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return new Set(entries.map((entry) => entry.address));
}
