import { statementOf } from './parsed.js';
import { type RuleInput, valuePlace } from './rules.js';

/** A relative path would mean another directory for each daemon. */
export function checkMaintenance({ configuration, parsed, findings }: RuleInput): void {
  const statement = statementOf(parsed, 'maintenance_dir');
  if (statement === undefined || configuration.maintenanceDirectory?.startsWith('/')) return;
  const hint = 'for instance maintenance_dir = /etc/sysconfig/ha/maintenance';
  findings.error(
    'CF_MAINTENANCE_DIR_PATH',
    valuePlace(statement),
    'maintenance_dir is no absolute path',
    hint,
  );
}
