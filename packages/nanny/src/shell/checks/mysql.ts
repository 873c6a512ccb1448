import type { Check } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { MysqlDialogue } from '../../core/kinds/mysql.js';
import { dialogueCheck } from './dialogue-check.js';
import { createDigests } from './digests.js';
import { loginFrom } from './login.js';

/** Greeting of a MySQL or MariaDB server; with a user a login too. */
export function mysqlCheck(plan: SpecPlan<'mysql'>): Check {
  const digests = createDigests();
  const { user, passwordFile, getServerPublicKey: asksForKey } = plan.spec;
  return dialogueCheck(plan, async (limits) => {
    return new MysqlDialogue({ login: await loginFrom(user, passwordFile, limits), asksForKey }, digests);
  });
}
