import { runFar } from '@piranha/common';
import type { PartnerFact } from '../core/facts.js';
import { fileDifference } from '../core/file-difference.js';

/** Of a version, which is one word. */
const VERSION_LIMIT_BYTES = 40;

/** The other director, as its operator reaches it by ssh. */
export interface PartnerMachine {
  /** HOST or USER@HOST. */
  readonly host: string;
  /** Where its lvs.cf is, and what it should hold. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Reads the partner's lvs.cf and asks its version; what could not be had is in `problems`. */
export async function askPartner({ host, path, bytes }: PartnerMachine): Promise<PartnerFact> {
  const [file, version] = await Promise.all([
    runFar(host, ['cat', path]),
    runFar(host, ['lvsctl', '--version']),
  ]);
  const problems = [
    ...('problem' in file ? [`${path} of ${host}: ${file.problem}`] : []),
    ...('problem' in version ? [`the version of ${host}: ${version.problem}`] : []),
  ];
  return {
    host,
    path,
    difference: 'bytes' in file ? fileDifference(bytes, file.bytes) : undefined,
    version: 'bytes' in version ? version.bytes.toString('utf8', 0, VERSION_LIMIT_BYTES).trim() : undefined,
    problems,
  };
}
