import { expect, it } from 'vitest';
import { GUARDIAN_LIMITS, startGuardian, stepGuardian } from '../../src/core/guardian.js';
import { guardianStatus } from '../../src/core/guardian-status.js';

it('a guardian says how often pulse failed, and when it is started again', () => {
  let { state } = startGuardian(false, GUARDIAN_LIMITS, 0);
  expect(guardianStatus(state, 12, 0)).toEqual({
    workerPid: 12,
    phase: 'starting',
    failures: 0,
    standsIn: false,
    holds: false,
  });
  for (const nowMs of [10, 20]) {
    state = stepGuardian(state, { type: 'exited' }, nowMs).state;
    if (nowMs === 10) state = stepGuardian(state, { type: 'tick', lateMs: 0 }, 11).state;
  }
  const { phase, failures, restartInMs } = guardianStatus(state, undefined, 120);
  expect({ phase, failures, restartInMs }).toEqual({ phase: 'waiting', failures: 2, restartInMs: 100 });
});
