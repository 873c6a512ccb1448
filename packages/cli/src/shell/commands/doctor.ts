import { resolve } from 'node:path';
import { isFarHost, isFarPath, UserError } from '@piranha/common';
import { readFileLimited } from '@piranha/config';
import { examine, gatherFacts, type PartnerMachine } from '@piranha/doctor';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import { loadUsable } from '../load-file.js';
import { type CommonOptions, FILE_LIMIT_BYTES } from '../options.js';
import { findingLines } from './finding-lines.js';

export interface DoctorOptions extends CommonOptions {
  /** The other director, HOST or USER@HOST, for ssh. */
  readonly partner?: string;
}

/** @throws UserError `DOCTOR_PARTNER_WORDS` for words that are not for the far machine's shell */
async function partnerMachine(file: string, host: string): Promise<PartnerMachine> {
  const path = resolve(file);
  const problem = isFarHost(host)
    ? file === '-' || !isFarPath(path)
      ? `${file} is no plain path that the partner could have too`
      : undefined
    : `'${host}' is neither HOST nor USER@HOST`;
  if (problem !== undefined) {
    throw new UserError(problem, {
      code: 'DOCTOR_PARTNER_WORDS',
      hint: 'lvsctl doctor /etc/sysconfig/ha/lvs.cf --partner director2',
      exitCode: EXIT.usage,
    });
  }
  return { host, path, bytes: (await readFileLimited(file, FILE_LIMIT_BYTES)).bytes };
}

/**
 * `lvsctl doctor FILE`: what would keep this director from serving, each trap with what was seen and what helps. Changes
 * nothing. Exit status 0: nothing found; 1: something was, or the file has errors.
 */
export async function doctor(io: LvsctlIo, file: string, options: DoctorOptions): Promise<ExitStatus> {
  const loaded = await loadUsable(io, file, options);
  if (loaded === undefined) return EXIT.no;
  const { configuration, diagnostics } = loaded;
  const { partner } = options;
  const other = partner === undefined ? undefined : await partnerMachine(file, partner);
  const facts = await gatherFacts(configuration, options.runDir, other);
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
