import type { LvsConfiguration } from '../model.js';
import type { Findings } from './diagnostics.js';
import type { ParsedFile } from './parsed.js';
import { ruleInput } from './rules.js';
import { checkBetween } from './rules-between.js';
import { checkPathFamilies } from './rules-families.js';
import { checkGlobal } from './rules-global.js';
import { checkGroups } from './rules-groups.js';
import { checkNotify } from './rules-notify.js';
import { checkPaths } from './rules-paths.js';
import { checkAllStatements } from './rules-statements.js';
import { checkVirtuals } from './rules-virtual.js';
import { checkSplitBrain } from './rules-witness.js';

/** Applies every rule that looks at more than one word; findings are added, nothing else happens. */
export function validate(configuration: LvsConfiguration, parsed: ParsedFile, findings: Findings): void {
  const input = ruleInput(configuration, parsed, findings);
  if (parsed.roles.length > 0) checkGlobal(input);
  checkAllStatements(parsed, findings);
  checkVirtuals(input);
  checkBetween(input);
  checkGroups(input);
  checkPathFamilies(input);
  checkPaths(input);
  checkNotify(input);
  if (parsed.roles.length > 0) checkSplitBrain(input);
}
