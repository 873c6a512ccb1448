import type { Finding } from '@piranha/doctor';
import { examineRealServer } from '@piranha/real-server';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import { loadUsable } from '../load-file.js';
import type { CommonOptions } from '../options.js';
import { findingLines } from './finding-lines.js';

export interface DoctorRealOptions extends CommonOptions {
  readonly vip?: readonly string[];
  readonly method?: string;
}

/**
 * `lvsctl doctor --real`: what would keep this machine from serving as a real server by an lvs.cf, or for VIPs; the same
 * findings as of `lvs-realserver check`. Exit status as of `doctor`.
 */
export async function doctorReal(
  io: LvsctlIo,
  file: string | undefined,
  { vip = [], method = 'direct', json }: DoctorRealOptions,
): Promise<ExitStatus> {
  const loaded = file === undefined ? undefined : await loadUsable(io, file, { json });
  if (file !== undefined && loaded === undefined) return EXIT.no;
  const diagnostics = loaded?.diagnostics ?? [];
  const examined = examineRealServer({ configuration: loaded?.configuration, vips: vip, method });
  const findings = examined.findings.map(
    ({ severity, code, text, evidence, remedy }): Finding => ({
      severity: severity === 'problem' ? 'error' : severity,
      code,
      title: text,
      evidence,
      remedy,
    }),
  );
  const unseen = examined.remarks;
  const ok = findings.length === 0;
  if (json) printJson(io, { ...(file === undefined ? {} : { file }), ok, findings, unseen, diagnostics });
  else {
    printLines((text) => io.stdout(text), findings.flatMap(findingLines).map(terminalText));
    printLines(
      (text) => io.stderr(text),
      unseen.map((what) => terminalText(`lvsctl: ${what}`)),
    );
    if (ok) io.stdout('nothing found\n');
  }
  return ok ? EXIT.ok : EXIT.no;
}
