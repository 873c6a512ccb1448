import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { type LvsctlIo, printJson } from '../io.js';
import { loadFile, printDiagnostics } from '../load-file.js';
import type { CommonOptions } from '../options.js';

/** `lvsctl check FILE`: could a director start from it? Findings go to standard error, or all into the JSON. */
export async function check(io: LvsctlIo, file: string, options: CommonOptions): Promise<ExitStatus> {
  const result = await loadFile(io, file);
  const ok = result.configuration !== undefined;
  if (options.json) {
    printJson(io, { file, ok, diagnostics: result.diagnostics });
    return ok ? EXIT.ok : EXIT.no;
  }
  printDiagnostics(io, result);
  const warnings = result.diagnostics.filter(({ severity }) => severity === 'warning').length;
  if (!ok) return EXIT.no;
  const note = warnings === 0 ? '' : `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
  io.stdout(`${terminalText(file)}: ok${note}\n`);
  return EXIT.ok;
}
