import { checkNotifyFiles } from '@piranha/notify';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { type LvsctlIo, printJson } from '../io.js';
import { loadFile, printDiagnostics } from '../load-file.js';
import type { CommonOptions } from '../options.js';

/**
 * `lvsctl check FILE`: could a director start from it, and are the programs and files that it names for notifications
 * fit on this machine? Findings go to standard error, or all into the JSON.
 */
export async function check(io: LvsctlIo, file: string, options: CommonOptions): Promise<ExitStatus> {
  const loaded = await loadFile(io, file);
  const { configuration } = loaded;
  const ok = configuration !== undefined;
  const here = configuration === undefined ? [] : await checkNotifyFiles(configuration);
  const diagnostics = [...loaded.diagnostics, ...here].sort((one, other) => one.line - other.line);
  if (options.json) {
    printJson(io, { file, ok, diagnostics });
    return ok ? EXIT.ok : EXIT.no;
  }
  printDiagnostics(io, { ...loaded, diagnostics });
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
  if (!ok) return EXIT.no;
  const note = warnings === 0 ? '' : `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
  io.stdout(`${terminalText(file)}: ok${note}\n`);
  return EXIT.ok;
}
