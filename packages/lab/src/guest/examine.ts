import assert from 'node:assert/strict';
import { binaryPath } from '@piranha/common';
import type { Director } from './director.js';
import { until } from './requests.js';

/** A trap that `lvsctl doctor` found. */
export interface DoctorFinding {
  readonly code: string;
  readonly evidence: string;
}

/** The guest's one processor is always too busy for this one. */
const IGNORED = ['DOCTOR_LOAD'];

export interface ExamineOptions {
  /** Traps that are left out of the answer; by default that of a busy machine. */
  readonly ignored?: readonly string[];
  /** Words in front of the command, such as those of a program that takes rights away. */
  readonly prefix?: readonly string[];
}

/** What the doctor finds on a director. */
export async function examine(
  director: Director,
  file: string,
  { ignored = IGNORED, prefix = [] }: ExamineOptions = {},
): Promise<readonly DoctorFinding[]> {
  const own = [process.execPath, binaryPath('lvsctl'), 'doctor', '--json'];
  const [program = '', ...words] = [...prefix, ...own, '--run-dir', director.directory, file];
  const text = await director.host.output(program, words);
  const { findings } = JSON.parse(text) as { readonly findings: readonly DoctorFinding[] };
  return findings.filter(({ code }) => !ignored.includes(code));
}

/** What a scenario of the doctor found, for the page about it: codes, each once. A healthy set-up has none. */
function doctorFigure(found: readonly string[], ignored: readonly string[] = IGNORED): string {
  return JSON.stringify({ found: [...new Set(found)].sort(), ignored });
}

/** Demands that nothing is found on any of these directors, and gives that as the figure. */
export async function findsNothing(directors: readonly Director[], file: string): Promise<string> {
  for (const director of directors) {
    await until('nothing', async () => {
      const found = await examine(director, file);
      if (found.length > 0) throw new Error(JSON.stringify(found));
      return true;
    });
  }
  return doctorFigure([]);
}

/** Demands that just these traps are found, each with evidence like that, and gives them as the figure. */
export function assertFound(
  found: readonly DoctorFinding[],
  expected: Readonly<Record<string, RegExp>>,
  ignored?: readonly string[],
): string {
  const codes = [...new Set(found.map(({ code }) => code))].sort();
  assert.deepEqual(codes, Object.keys(expected).sort(), JSON.stringify(found, undefined, 1));
  for (const { code, evidence } of found) assert.match(evidence, expected[code] ?? /^$/, code);
  return doctorFigure(codes, ignored);
}
