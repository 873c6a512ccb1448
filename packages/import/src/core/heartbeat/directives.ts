import { readAddress } from '../addresses.js';
import type { Draft } from '../draft.js';
import type { Statement } from '../ledger.js';
import type { Scope } from '../scope.js';

const UNITS: Readonly<Record<string, number>> = { s: 1, ms: 0.001, us: 0.000001 };
const SHORTEST_SECONDS = 0.01;
const LONGEST_SECONDS = 86_400;

/** A time of ha.cf: seconds unless a unit stands behind the number. */
function readSeconds(scope: Scope, name: string): number | undefined {
  const statement = scope.last(name);
  if (statement === undefined) return undefined;
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)(s|ms|us)?$/.exec(statement.words[1] ?? '') ?? [];
  const seconds = Math.round(Number(number || Number.NaN) * (UNITS[unit] ?? 1) * 1000) / 1000;
  if (seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS) {
    scope.ledger.carried(statement);
    return seconds;
  }
  scope.ledger.note(statement, `it is no time from ${SHORTEST_SECONDS} to ${LONGEST_SECONDS} s`);
  return undefined;
}

/** `ucast DEVICE ADDRESS`: addresses of the nodes, whose roles they do not tell. */
function readNodeAddresses(draft: Draft, scope: Scope, statements: readonly Statement[]): void {
  const { primary, backup } = draft;
  for (const statement of statements) {
    const address = readAddress(statement.words[2] ?? '');
    if (address !== undefined && (address === primary || address === backup)) {
      scope.ledger.carried(statement);
      continue;
    }
    const reason =
      address === undefined
        ? 'it names no address'
        : `${address} is a director: whether the primary or the backup is not known, give --primary and --backup`;
    scope.ledger.note(statement, reason);
  }
}

/** The times of a pair, and what else of an ha.cf an lvs.cf can say. */
export function readHaCf(draft: Draft, scope: Scope): void {
  draft.isPair = true;
  draft.keepaliveSeconds = readSeconds(scope, 'keepalive') ?? 2;
  draft.deadtimeSeconds = readSeconds(scope, 'deadtime') ?? 30;
  const failback = scope.last('auto_failback');
  if (failback?.words[1] === 'off') scope.ledger.carried(failback);
  const manager = scope.last('crm');
  if (manager && /^(no|off|false)$/i.test(manager.words[1] ?? '')) scope.ledger.carried(manager);
  readNodeAddresses(draft, scope, scope.all('ucast'));
}
