import { UserError } from '@piranha/common';
import type { Wrong } from '../core/wrong.js';

/** Exit statuses, as --help lists them. */
export const EXIT = { problem: 1, usage: 2, stopped: 3, privilege: 4 } as const;

/** The UserError for a command line that is not carried out. */
export function refusal({ code, reason, hint }: Wrong): UserError {
  return failure(code, reason, hint, EXIT.usage);
}

/** A UserError in this program's form. */
export function failure(
  code: string,
  reason: string,
  hint: string,
  exitCode: number = EXIT.problem,
): UserError {
  return new UserError(`lvs-realserver: ${reason}`, { code, hint, exitCode });
}
