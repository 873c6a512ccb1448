import type { LvsConfiguration } from '../model.js';
import { statementOf } from './parsed.js';
import { type RuleInput, valuePlace } from './rules.js';

/** Checks a second that a file asks for while nothing changes; a real service behind many addresses is checked once. */
function checksPerSecond({ virtualServers }: LvsConfiguration): number {
  const rates = new Map<string, number>();
  for (const { active, protocol, check, servers } of virtualServers) {
    if (!active) continue;
    for (const { address, port, watch, active: isActive } of servers) {
      if (!isActive) continue;
      const key = `${protocol} ${address} ${port}`;
      const intervalMs = watch?.intervalMs ?? watch?.timeoutMs ?? check.timeoutMs;
      if (intervalMs > 0) rates.set(key, Math.max(rates.get(key) ?? 0, 1_000 / intervalMs));
    }
  }
  return [...rates.values()].reduce((sum, rate) => sum + rate, 0);
}

/** A budget that is too small makes every check late. */
export function checkNannies({ configuration, parsed, findings }: RuleInput): void {
  const statement = statementOf(parsed, 'probes_per_second');
  const { probesPerSecond } = configuration;
  if (statement === undefined || probesPerSecond === undefined) return;
  const wanted = checksPerSecond(configuration);
  if (wanted <= probesPerSecond) return;
  const text = `the intervals of this file ask for ${Math.ceil(wanted)} checks a second, probes_per_second allows ${probesPerSecond}: servers are checked ${Math.ceil((wanted / probesPerSecond) * 10) / 10} times less often`;
  findings.warning(
    'CF_PROBES_OVER_BUDGET',
    valuePlace(statement),
    text,
    'allow more, or write longer intervals',
  );
}
