import { type Check, failed } from '../../check.js';
import type { PlanOf } from '../../core/check-plan.js';

/** A check that cannot work as it is written: the server stays down, and each result says why. */
export function brokenCheck(plan: PlanOf<'broken'>): Check {
  const { event, fields } = plan.complaint;
  return { run: async () => failed(event, fields) };
}
