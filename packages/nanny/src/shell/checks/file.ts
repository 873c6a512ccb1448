import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Check } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { type FileRule, type FileState, fileProblem, lastingProblem } from '../../core/kinds/file-state.js';
import { CheckFailure, errorText, judged } from './connection.js';
import { FileReads } from './file-reads.js';

/** As much of the file is looked at. */
const CONTENT_LIMIT_BYTES = 64 * 1024;

const files = new FileReads(look);

type Looked = { readonly state: FileState | undefined } | { readonly problem: string };

/** A file of this machine decides: that it exists, what it holds, how old it is. */
export function fileCheck(plan: SpecPlan<'file'>): Check {
  const { path, absent, content, maximumAgeSeconds } = plan.spec;
  const rule: FileRule = { mustExist: !absent, content, maximumAgeSeconds };
  return {
    run: ({ signal }) =>
      judged(plan, async () => {
        const problem = problemOf(rule, await files.read(path, { limitMs: plan.stepLimitMs, signal }));
        if (problem !== undefined) {
          const topic = `${path}: ${lastingProblem(problem)}`;
          throw new CheckFailure(`${path}: ${problem}`, { code: problem, topic });
        }
        return absent ? 'file absent' : 'file as expected';
      }),
  };
}

function problemOf(rule: FileRule, looked: Looked): string | undefined {
  return 'problem' in looked ? looked.problem : fileProblem(rule, looked.state);
}

async function look(path: string): Promise<Looked> {
  try {
    // A pipe would be waited for for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = await file.stat();
      const ageSeconds = (Date.now() - status.mtimeMs) / 1_000;
      if (!status.isFile()) return { state: { ageSeconds, text: '' } };
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(CONTENT_LIMIT_BYTES),
        0,
        CONTENT_LIMIT_BYTES,
        0,
      );
      return { state: { ageSeconds, text: buffer.toString('utf8', 0, bytesRead) } };
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { state: undefined } : { problem: errorText(error as NodeJS.ErrnoException) };
  }
}
