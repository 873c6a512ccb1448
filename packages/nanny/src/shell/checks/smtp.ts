import type { Check } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { smtpDialogue } from '../../core/kinds/mail.js';
import { dialogueCheck } from './dialogue-check.js';

/** Banner and EHLO of a mail server. */
export function smtpCheck(plan: SpecPlan<'smtp'>): Check {
  return dialogueCheck(plan, async () => smtpDialogue(plan.spec.heloName));
}
