import type { Check } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { LdapDialogue } from '../../core/kinds/ldap.js';
import { dialogueCheck } from './dialogue-check.js';
import { loginFrom } from './login.js';

/** A bind, anonymous or not, and an entry that must exist. */
export function ldapCheck(plan: SpecPlan<'ldap'>): Check {
  const { bindDn, passwordFile, searchBase } = plan.spec;
  return dialogueCheck(plan, async (limits) => {
    return new LdapDialogue({ login: await loginFrom(bindDn, passwordFile, limits), searchBase });
  });
}
