import { statementOf } from './parsed.js';
import { type RuleInput, valuePlace } from './rules.js';

/** Whether the directors of a file tell each other how they are. The 4-byte words say "running" or "stopped" alone. */
function partnersTellHowTheyAre(): boolean {
  return false;
}

/** Rules about moves that nobody is forced to. */
export function checkMoves({ configuration, parsed, findings }: RuleInput): void {
  const statement = statementOf(parsed, 'failback');
  if (statement === undefined || configuration.failback === 'none' || partnersTellHowTheyAre()) return;
  const text = `failback = ${configuration.failback} has no effect with the 4-byte heartbeats: they do not tell whether the primary is ready`;
  const hint = 'a returned primary gets the addresses by lvsctl handover on the backup';
  findings.warning('CF_FAILBACK_UNUSED', valuePlace(statement), text, hint);
}
