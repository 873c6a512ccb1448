import { type Check, passed } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { failedSpec } from './connection.js';

/** No question to anybody: the server is up, or down, because lvs.cf says so. */
export function fixedCheck(plan: SpecPlan<'fixed'>): Check {
  return {
    run: async () => (plan.spec.state === 'up' ? passed('always up') : failedSpec(plan, 'set to down')),
  };
}
