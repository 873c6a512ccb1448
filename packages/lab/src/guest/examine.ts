import { binaryPath } from '@piranha/common';
import type { Director } from './director.js';

/** A trap that `lvsctl doctor` found. */
export interface DoctorFinding {
  readonly code: string;
  readonly evidence: string;
}

/** What the doctor finds on a director. The guest's one processor is always too busy for it. */
export async function examine(director: Director, file: string): Promise<readonly DoctorFinding[]> {
  const words = ['doctor', '--json', '--run-dir', director.directory, file];
  const text = await director.host.output(process.execPath, [binaryPath('lvsctl'), ...words]);
  const { findings } = JSON.parse(text) as { readonly findings: readonly DoctorFinding[] };
  return findings.filter(({ code }) => code !== 'DOCTOR_LOAD');
}
