import { networkInterfaces } from 'node:os';
import { UserError } from '@piranha/common';
import { formatDiagnostic, type LoadResult, type LvsConfiguration, loadConfiguration } from '@piranha/config';
import type { NodeRole } from '@piranha/protocol';
import { type HeartbeatPath, heartbeatPaths, pulseSettings, roleFromAddresses } from '../core/settings.js';
import type { PulseSettings } from '../core/types.js';

/** Everything pulse takes from an lvs.cf. */
export interface LoadedSettings {
  readonly configuration: LvsConfiguration;
  readonly settings: PulseSettings;
  readonly paths: readonly HeartbeatPath[];
  /** Warnings, printed form. */
  readonly warnings: readonly string[];
}

/**
 * Reads the file and decides this node's role.
 * @throws UserError `PULSE_CONFIG` with the first line in the original's form and every finding in the hint
 */
export async function loadSettings(file: string, role: NodeRole | undefined): Promise<LoadedSettings> {
  return settingsOf(await loadConfiguration(file), file, role);
}

/** As loadSettings, from a file that was read already. */
export function settingsOf(
  { configuration, diagnostics }: LoadResult,
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
    warnings: printed,
  };
}

function ownAddresses(): ReadonlySet<string> {
  const entries = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return new Set(entries.map((entry) => entry.address));
}
