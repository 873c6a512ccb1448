import { patient, UserError } from '@piranha/common';
import { askOnce } from '@piranha/protocol';
import type { AnswerSchema } from '@piranha/protocol/schemas';

import { EXIT } from '../core/exit-status.js';

const UNREACHABLE_CODES: ReadonlySet<string> = new Set(['CONTROL_UNREACHABLE', 'CONTROL_TIMEOUT']);

/** True when an error means that a daemon does not listen or does not answer. */
export function isUnreachable(error: unknown): error is UserError {
  return error instanceof UserError && UNREACHABLE_CODES.has(error.code);
}

/**
 * One question to a daemon over a connection of its own.
 * @param timeoutMs longest wait for the answer
 * @throws UserError `CONTROL_UNREACHABLE`, `CONTROL_TIMEOUT` (exit status 3), or what the daemon answered
 */
export async function ask(
  socketPath: string,
  method: string,
  timeoutMs: number,
  params: unknown = {},
): Promise<unknown> {
  try {
    return await askOnce(socketPath, method, timeoutMs, params);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    const hint = error.hint ?? 'the daemon runs but hangs: its log may say why';
    throw new UserError(error.message, { code: error.code, hint, exitCode: EXIT.unreachable });
  }
}

/**
 * As ask, with the answer checked.
 * @throws UserError `ANSWER_BAD` (exit status 4) when the answer has another form than this version knows
 */
export async function askFor<T>(
  schema: AnswerSchema<T>,
  socketPath: string,
  method: string,
  timeoutMs: number,
  params: unknown = {},
): Promise<T> {
  const answer = schema.safeParse(await ask(socketPath, method, timeoutMs, params));
  if (answer.success) return answer.data;
  const issue = answer.error.issues[0];
  throw new UserError(`${socketPath}: answer to ${method}: ${issue?.path.join('.')}: ${issue?.message}`, {
    code: 'ANSWER_BAD',
    hint: 'daemons and lvsctl must be of one version: restart the daemons after an update',
    exitCode: EXIT.trouble,
  });
}

/** How long a daemon that is there may take for a short answer, ms. */
const AWAKE_LIMIT_MS = patient(5_000);

/**
 * Before something that may take minutes: a daemon that is not there or hangs is told of at once.
 * @param method one that is answered at once
 * @throws UserError `CONTROL_UNREACHABLE`, `CONTROL_TIMEOUT` (exit status 3)
 */
export async function requireAwake(socketPath: string, method = 'status'): Promise<void> {
  try {
    await ask(socketPath, method, AWAKE_LIMIT_MS);
  } catch (error) {
    // Whatever else is wrong, the question itself will tell.
    if (isUnreachable(error)) throw error;
  }
}
