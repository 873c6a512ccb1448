import { formatDiagnostic, type LoadResult, loadConfiguration } from '@piranha/config';
import type { NannyArgumentOptions } from '../core/nanny-arguments.js';
import { prepareSetup, type Setup } from '../core/setup.js';

interface LoadedSetup {
  readonly result: LoadResult;
  /** Undefined when the file has an error. */
  readonly setup: Setup | undefined;
}

/** Reads lvs.cf and works it out. */
export async function loadSetup(file: string, options: NannyArgumentOptions): Promise<LoadedSetup> {
  const result = await loadConfiguration(file);
  const { configuration } = result;
  return { result, setup: configuration && prepareSetup(configuration, options) };
}

/** Findings as `FILE:LINE:COL: severity CODE: text`. */
export function diagnosticLines(result: LoadResult): string[] {
  return result.diagnostics.map((diagnostic) => formatDiagnostic(result.file, diagnostic));
}

/** The original's one line about a bad file, of its first error. */
export function parseErrorLine(result: LoadResult): string {
  const first = result.diagnostics.find(({ severity }) => severity === 'error');
  return `lvsd: error parsing ${result.file} at line ${first?.line ?? 0}: ${first?.text ?? 'unknown'}`;
}
