import { formatDiagnostic, type LoadResult, loadConfiguration, loadWithLastGood } from '@piranha/config';
import type { NannyArgumentOptions } from '../core/nanny-arguments.js';
import { prepareSetup, type Setup } from '../core/setup.js';

interface LoadedSetup {
  readonly result: LoadResult;
  /** The file is broken and the last good one was taken. */
  readonly usesLastGood: boolean;
  /** Undefined when the file has an error. */
  readonly setup: Setup | undefined;
}

/** Where an lvs.cf is, where its last good copy is kept, and whether that copy may answer for it. */
export interface SetupSource {
  readonly file: string;
  readonly lastGood: string | undefined;
  readonly isRestart: boolean;
}

/** Reads lvs.cf and works it out. */
export async function loadSetup(source: SetupSource, options: NannyArgumentOptions): Promise<LoadedSetup> {
  const { file, lastGood, isRestart } = source;
  const { result, usesLastGood } =
    lastGood === undefined
      ? { result: await loadConfiguration(file), usesLastGood: false }
      : await loadWithLastGood(file, lastGood, isRestart);
  const { configuration } = result;
  return { result, usesLastGood, setup: configuration && prepareSetup(configuration, options) };
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
