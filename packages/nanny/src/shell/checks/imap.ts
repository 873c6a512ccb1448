import type { Check } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { imapDialogue } from '../../core/kinds/mail.js';
import { dialogueCheck } from './dialogue-check.js';
import { loginFrom } from './login.js';

/** Greeting and NOOP of an IMAP server, or a login. */
export function imapCheck(plan: SpecPlan<'imap'>): Check {
  const { user, passwordFile } = plan.spec;
  return dialogueCheck(plan, async (limits) => imapDialogue(await loginFrom(user, passwordFile, limits)));
}
