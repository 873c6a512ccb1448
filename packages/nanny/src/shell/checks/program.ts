import {
  CANCELLED,
  type Check,
  type CheckOutcome,
  failed,
  lacksDescriptors,
  passed,
  serverName,
  unmade,
} from '../../check.js';
import type { PlanOf } from '../../core/check-plan.js';
import { type ProgramEnding, ProgramRun } from './program-run.js';

/**
 * Runs the operator's program. Its output must be exactly the expected text; without one, exit status 0 decides.
 * Another exit status, or no end within the limit, is a failure.
 */
export function programCheck(plan: PlanOf<'program'>): Check {
  return {
    run: async ({ signal }) => {
      const run = new ProgramRun(plan.words);
      try {
        return judge(plan, await run.ending(plan.stepLimitMs, signal), run.output());
      } finally {
        run.end();
      }
    },
  };
}

function judge(
  plan: PlanOf<'program'>,
  ending: ProgramEnding | 'timed out' | 'cancelled',
  output: string,
): CheckOutcome {
  const server = serverName(plan.target);
  // Only the program's name: its arguments may hold a password.
  const program = plan.words[0] ?? '';
  if (ending === 'cancelled') return CANCELLED;
  if (ending === 'timed out') return failed('NANNY_PROGRAM_TIMED_OUT', { program, server });
  if (ending.type === 'error') {
    const error = ending.error.code ?? ending.error.message;
    if (lacksDescriptors(error)) return unmade(plan.target, error);
    return failed('NANNY_PROGRAM_NOT_RUN', { program, error, server });
  }
  if (ending.code !== 0) {
    return failed('NANNY_PROGRAM_FAILED', { program, server, status: ending.code ?? ending.signal ?? '' });
  }
  if (plan.expect === undefined) return passed('program exited with status 0');
  if (output === plan.expect) return passed('program printed the expected text');
  if (output === '') return failed('NANNY_PROGRAM_SILENT', { server });
  return failed('NANNY_ANSWER_UNEXPECTED', { server });
}
