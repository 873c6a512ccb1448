import { examine, gatherFacts } from '@piranha/doctor';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import { loadFile, printDiagnostics } from '../load-file.js';
import type { CommonOptions } from '../options.js';
import { findingLines } from './finding-lines.js';

/**
 * `lvsctl doctor FILE`: what would keep this director from serving, each trap with what was seen and what helps. Changes
 * nothing. Exit status 0: nothing found; 1: something was, or the file has errors.
 */
export async function doctor(io: LvsctlIo, file: string, options: CommonOptions): Promise<ExitStatus> {
  const result = await loadFile(io, file);
  const { configuration, diagnostics } = result;
  if (configuration === undefined) {
    if (options.json) printJson(io, { file, ok: false, diagnostics });
    else printDiagnostics(io, result);
    return EXIT.no;
  }
  const facts = await gatherFacts(configuration, options.runDir);
  const findings = examine(facts);
  const ok = findings.length === 0;
  if (options.json) {
    printJson(io, { file, ok, findings, unseen: facts.unseen, diagnostics });
    return ok ? EXIT.ok : EXIT.no;
  }
  printLines((text) => io.stdout(text), findings.flatMap(findingLines).map(terminalText));
  const unseen = facts.unseen.map((what) => terminalText(`lvsctl: not looked at: ${what}`));
  printLines((text) => io.stderr(text), unseen);
  if (ok) io.stdout('nothing found\n');
  return ok ? EXIT.ok : EXIT.no;
}
