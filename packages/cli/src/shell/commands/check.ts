import { checkFileFindings } from '@piranha/config/check-files';
import { checkNotifyFiles, checkServicePrograms } from '@piranha/notify';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { checkKeyFile } from '../check-key-file.js';
import { type LvsctlIo, printJson } from '../io.js';
import { loadFile, printDiagnostics } from '../load-file.js';
import type { CommonOptions } from '../options.js';

/**
 * `lvsctl check FILE`: could a director start from it, and are the key file of the heartbeats and the programs and files
 * for checks and notifications fit on this machine? Findings go to standard error, or all into the JSON.
 */
export async function check(io: LvsctlIo, file: string, options: CommonOptions): Promise<ExitStatus> {
  const loaded = await loadFile(io, file);
  const { configuration, mentions = [] } = loaded;
  const here =
    configuration === undefined
      ? []
      : [
          ...(await checkNotifyFiles(configuration)),
          ...(await checkServicePrograms(configuration, mentions)),
          ...(await checkFileFindings(mentions)),
          ...checkKeyFile(configuration),
        ];
  const ok = configuration !== undefined && here.every(({ severity }) => severity !== 'error');
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
