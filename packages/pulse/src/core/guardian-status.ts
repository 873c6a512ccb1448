import type { GuardianStatus } from '@piranha/protocol';
import type { GuardianState } from './guardian.js';

/** A guardian's answer to who asks how it is, without its process id. */
export function guardianStatus(
  { phase, failures, standingIn, plan, released, restartAtMs }: GuardianState,
  workerPid: number | undefined,
  nowMs: number,
): Omit<GuardianStatus, 'pid'> {
  return {
    workerPid,
    phase,
    failures,
    standsIn: standingIn,
    holds: plan?.active === true && !released,
    ...(restartAtMs === Infinity ? {} : { restartInMs: Math.max(0, Math.round(restartAtMs - nowMs)) }),
  };
}
