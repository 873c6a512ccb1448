import { statementOf } from './parsed.js';
import { type RuleInput, valuePlace } from './rules.js';

/** Rules about heartbeats: an adaptive deadtime needs a second path to compare with. */
export function checkHeartbeats({ configuration, parsed, findings }: RuleInput): void {
  const { adaptive, backupActive, primary, primaryPrivate, backup, backupPrivate } = configuration;
  const statement = statementOf(parsed, 'adaptive');
  if (!adaptive || statement === undefined) return;
  const place = valuePlace(statement);
  if (!backupActive) {
    findings.warning('CF_ADAPTIVE_UNUSED', place, 'adaptive has no effect without backup_active = 1');
    return;
  }
  const hasSecondPath = primaryPrivate !== primary && backupPrivate !== backup;
  if (hasSecondPath) return;
  const hint = 'write primary_private and backup_private with addresses of another network';
  findings.warning('CF_ADAPTIVE_ONE_PATH', place, 'adaptive has no effect with one heartbeat path', hint);
}
