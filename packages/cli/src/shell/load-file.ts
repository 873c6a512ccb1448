import { formatDiagnostic, type LoadResult, loadConfiguration, parseConfiguration } from '@piranha/config';
import { terminalText } from '../core/terminal-text.js';
import { type LvsctlIo, printLines, readAll } from './io.js';
import { FILE_LIMIT_BYTES } from './options.js';

/** Reads an lvs.cf; `-` is standard input. What is wrong with it, unreadable included, is in the diagnostics. */
export async function loadFile(io: LvsctlIo, file: string): Promise<LoadResult> {
  if (file !== '-') return loadConfiguration(file);
  return parseConfiguration(await readAll(io.stdin(), FILE_LIMIT_BYTES), '-');
}

/** Prints the findings on standard error, `FILE:LINE:COLUMN: severity CODE: text (hint: ...)` each. */
export function printDiagnostics(io: LvsctlIo, { file, diagnostics }: LoadResult): void {
  const lines = diagnostics.map((finding) => terminalText(formatDiagnostic(file, finding, { hint: true })));
  printLines((text) => io.stderr(text), lines);
}
