import type { Check } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { ftpDialogue } from '../../core/kinds/mail.js';
import { dialogueCheck } from './dialogue-check.js';
import { loginFrom } from './login.js';

/** Banner of an FTP server, or a login. */
export function ftpCheck(plan: SpecPlan<'ftp'>): Check {
  const { user, passwordFile } = plan.spec;
  return dialogueCheck(plan, async (limits) => ftpDialogue(await loginFrom(user, passwordFile, limits)));
}
