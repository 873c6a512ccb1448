import { UserError } from '@piranha/common';
import type { GuardianStatus, LvsdStatus, PulseStatus, RunDirectory } from '@piranha/protocol';
import {
  type AnswerSchema,
  guardianStatusSchema,
  lvsdStatusSchema,
  pulseStatusSchema,
} from '@piranha/protocol/schemas';
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

/** The status of both daemons, or why there is none; where pulse does not answer, that of a guardian which does. */
export async function daemonAnswers({ pulseSocket, lvsdSocket, guardianSocket }: RunDirectory): Promise<{
  readonly pulse: DaemonAnswer<PulseStatus>;
  readonly lvsd: DaemonAnswer<LvsdStatus>;
  readonly guardian?: GuardianStatus;
}> {
  const [pulse, lvsd] = await Promise.all([
    answerOf(pulseStatusSchema, pulseSocket),
    answerOf(lvsdStatusSchema, lvsdSocket),
  ]);
  if (pulse.reached) return { pulse, lvsd };
  const guardian = await answerOf(guardianStatusSchema, guardianSocket);
  return guardian.reached ? { pulse, lvsd, guardian: guardian.status } : { pulse, lvsd };
}
