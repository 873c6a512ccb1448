import type { Check } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { redisDialogue } from '../../core/kinds/redis.js';
import { dialogueCheck } from './dialogue-check.js';
import { passwordFrom } from './login.js';

/** PING of a Redis server, after AUTH where a password is given. */
export function redisCheck(plan: SpecPlan<'redis'>): Check {
  const { user, passwordFile } = plan.spec;
  return dialogueCheck(plan, async (limits) => {
    const password = await passwordFrom(passwordFile, limits);
    return redisDialogue(password === undefined ? undefined : { user, password });
  });
}
