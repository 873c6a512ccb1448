import { statementOf } from './parsed.js';
import { type RuleInput, valuePlace } from './rules.js';

/** Rules about moves that nobody is forced to. */
export function checkMoves({ configuration, parsed, findings }: RuleInput): void {
  const statement = statementOf(parsed, 'failback');
  const { failback, heartbeatKey, heartbeatAnnounce } = configuration;
  const hasBeats = (heartbeatKey ?? heartbeatAnnounce) !== undefined;
  // Only authenticated heartbeats tell how a director is: the 4-byte words say "running" or "stopped" alone.
  if (statement?.value === undefined || failback === 'none' || hasBeats) return;
  const text = `failback = ${failback} has no effect with the 4-byte heartbeats: they do not tell whether the primary is ready`;
  const hint =
    'give both directors a heartbeat_key; without one, lvsctl handover on the backup gives the addresses back';
  findings.warning('CF_FAILBACK_UNUSED', valuePlace(statement), text, hint);
}
