import {
  type Diagnostic,
  formatDiagnostic,
  type LoadOccasion,
  type LoadResult,
  type LvsConfiguration,
  loadAside,
  loadFor,
  type Mention,
} from '@piranha/config';
import { checkServicePrograms } from '@piranha/notify';
import type { NannyArgumentOptions } from '../core/nanny-arguments.js';
import { prepareSetup, type Setup } from '../core/setup.js';

interface LoadedSetup {
  readonly result: LoadResult;
  /** The file is broken and the last good one was taken. */
  readonly usesLastGood: boolean;
  /** Undefined when the file has an error. */
  readonly setup: Setup | undefined;
}

/** Where an lvs.cf is, where its last good copy is kept, and why it is read. */
export interface SetupSource {
  readonly file: string;
  readonly lastGood: string | undefined;
  readonly occasion: LoadOccasion;
}

/** Reads lvs.cf and works it out. */
export async function loadSetup(source: SetupSource, options: NannyArgumentOptions): Promise<LoadedSetup> {
  const { file, lastGood, occasion } = source;
  // A running lvsd has nannies to hear, and says all the time that it lives.
  const read = occasion === 'reload' ? loadAside : loadFor;
  const { result, usesLastGood } = await read(occasion, file, lastGood);
  const { configuration, diagnostics, mentions = [] } = result;
  if (configuration === undefined) return { result, usesLastGood, setup: undefined };
  const found = await lookAround(configuration, mentions);
  const all = [...diagnostics, ...found].sort((one, other) => one.line - other.line);
  return {
    result: { ...result, diagnostics: all },
    usesLastGood,
    setup: prepareSetup(configuration, options),
  };
}

/** What is wrong on this machine with the files and programs of the services; most configurations name none. */
async function lookAround(
  configuration: LvsConfiguration,
  mentions: readonly Mention[],
): Promise<readonly Diagnostic[]> {
  if (mentions.length === 0) return [];
  const { checkFileFindings } = await import('@piranha/config/check-files');
  // What checks run is for lvsctl check to look at: a disk that hangs must stop a nanny and not lvsd.
  const quorumPrograms = mentions.filter(({ kind }) => kind === 'quorum program');
  const [programs, files] = await Promise.all([
    checkServicePrograms(configuration, quorumPrograms),
    checkFileFindings(mentions),
  ]);
  return [...programs, ...files];
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
