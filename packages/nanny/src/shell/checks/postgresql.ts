import { randomBytes } from 'node:crypto';
import type { Check } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { PostgresqlDialogue } from '../../core/kinds/postgresql.js';
import { dialogueCheck } from './dialogue-check.js';
import { createDigests } from './digests.js';
import { passwordFrom } from './login.js';

const NONCE_BYTES = 18;

/** Answer of a PostgreSQL server to a start message; with a password a login too. */
export function postgresqlCheck(plan: SpecPlan<'postgresql'>): Check {
  const digests = createDigests();
  const { user, database, passwordFile, auth: methods } = plan.spec;
  return dialogueCheck(plan, async (limits) => {
    const question = { user, database, password: await passwordFrom(passwordFile, limits), methods };
    return new PostgresqlDialogue(question, randomBytes(NONCE_BYTES).toString('base64'), digests);
  });
}
