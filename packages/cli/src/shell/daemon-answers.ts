import { UserError } from '@piranha/common';
import type { LvsdStatus, PulseStatus, RunDirectory } from '@piranha/protocol';
import { type AnswerSchema, lvsdStatusSchema, pulseStatusSchema } from '@piranha/protocol/schemas';
import type { DaemonAnswer } from '../core/status-view.js';
import { askFor } from './daemons.js';

const STATUS_LIMIT_MS = 5_000;

async function answerOf<T>(schema: AnswerSchema<T>, socketPath: string): Promise<DaemonAnswer<T>> {
  try {
    return { reached: true, status: await askFor(schema, socketPath, 'status', STATUS_LIMIT_MS) };
  } catch (error) {
    if (error instanceof UserError) return { reached: false, reason: `${error.message} [${error.code}]` };
    throw error;
  }
}

/** The status of both daemons, or why there is none. */
export async function daemonAnswers({ pulseSocket, lvsdSocket }: RunDirectory): Promise<{
  readonly pulse: DaemonAnswer<PulseStatus>;
  readonly lvsd: DaemonAnswer<LvsdStatus>;
}> {
  const [pulse, lvsd] = await Promise.all([
    answerOf(pulseStatusSchema, pulseSocket),
    answerOf(lvsdStatusSchema, lvsdSocket),
  ]);
  return { pulse, lvsd };
}
