import type { Check } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { popDialogue } from '../../core/kinds/mail.js';
import { dialogueCheck } from './dialogue-check.js';
import { loginFrom } from './login.js';

/** Greeting of a POP3 server, or a login. */
export function popCheck(plan: SpecPlan<'pop'>): Check {
  const { user, passwordFile } = plan.spec;
  return dialogueCheck(plan, async (limits) => popDialogue(await loginFrom(user, passwordFile, limits)));
}
