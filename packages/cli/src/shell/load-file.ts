import {
  type Diagnostic,
  formatDiagnostic,
  type LoadResult,
  type LvsConfiguration,
  loadConfiguration,
  parseConfiguration,
} from '@piranha/config';
import { terminalText } from '../core/terminal-text.js';
import { type LvsctlIo, printJson, printLines, readAll } from './io.js';
import { type CommonOptions, FILE_LIMIT_BYTES } from './options.js';

/** A file without errors; its diagnostics are warnings. */
interface UsableFile {
  readonly configuration: LvsConfiguration;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads an lvs.cf; `-` is standard input. What is wrong with it, unreadable included, is in the diagnostics. */
export async function loadFile(io: LvsctlIo, file: string): Promise<LoadResult> {
  if (file !== '-') return loadConfiguration(file);
  return parseConfiguration(await readAll(io.stdin(), FILE_LIMIT_BYTES), '-');
}

/** The same for a command that needs a file without errors; undefined for another one, whose findings are told. */
export async function loadUsable(
  io: LvsctlIo,
  file: string,
  { json }: Pick<CommonOptions, 'json'>,
): Promise<UsableFile | undefined> {
  const result = await loadFile(io, file);
  const { configuration, diagnostics } = result;
  if (configuration !== undefined) return { configuration, diagnostics };
  if (json) printJson(io, { file, ok: false, diagnostics });
  else printDiagnostics(io, result);
  return undefined;
}

/** Prints the findings on standard error, `FILE:LINE:COLUMN: severity CODE: text (hint: ...)` each. */
export function printDiagnostics(io: LvsctlIo, { file, diagnostics }: LoadResult): void {
  const lines = diagnostics.map((finding) => terminalText(formatDiagnostic(file, finding, { hint: true })));
  printLines((text) => io.stderr(text), lines);
}
