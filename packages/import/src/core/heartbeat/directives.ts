import { readAddress } from '../addresses.js';
import type { Draft } from '../draft.js';
import type { Statement } from '../ledger.js';
import type { HaScope } from './scope.js';

const UNITS: Readonly<Record<string, number>> = { s: 1, ms: 0.001, us: 0.000001 };
const SHORTEST_SECONDS = 0.01;
const LONGEST_SECONDS = 86_400;
const MOST_WITNESSES = 8;

/** A time of ha.cf: seconds unless a unit stands behind the number. */
function readSeconds(scope: HaScope, name: 'keepalive' | 'deadtime'): number | undefined {
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
function readNodeAddresses(draft: Draft, scope: HaScope, statements: readonly Statement[]): void {
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
export function readHaCf(draft: Draft, scope: HaScope): void {
  draft.isPair = true;
  draft.keepaliveSeconds = readSeconds(scope, 'keepalive') ?? 2;
  draft.deadtimeSeconds = readSeconds(scope, 'deadtime') ?? 30;
  readFailback(draft, scope);
  const manager = scope.last('crm');
  if (manager && /^(no|off|false)$/i.test(manager.words[1] ?? '')) scope.ledger.carried(manager);
  readNodeAddresses(draft, scope, scope.all('ucast'));
  readWitnesses(draft, scope);
}

function readFailback(draft: Draft, scope: HaScope): void {
  const statement = scope.last('auto_failback');
  const word = statement?.words[1]?.toLowerCase();
  if (statement === undefined) return;
  if (word === 'off') {
    scope.ledger.carried(statement);
    draft.failback = 'none';
  } else if (word === 'on') {
    const reason =
      'failback = ready, which needs no line, gives the addresses back once both directors have a heartbeat_key';
    scope.ledger.note(statement, reason);
  }
}

/** Hosts that heartbeat pings become witnesses; addresses that move or belong to a director prove nothing. */
function readWitnesses(draft: Draft, scope: HaScope): void {
  const witnesses = new Set<string>();
  for (const statement of scope.all('ping', 'ping6', 'ping_group')) {
    const texts = statement.words.slice(statement.words[0] === 'ping_group' ? 2 : 1);
    const addresses = texts.flatMap((text) => witnessOf(draft, text) ?? []);
    const fits = texts.length > 0 && addresses.length === texts.length;
    const names = addresses.map((address) => `ping ${address}`);
    if (!fits || new Set([...witnesses, ...names]).size > MOST_WITNESSES) {
      const reason = `no witnesses: they are addresses of third hosts, ${MOST_WITNESSES} at most; write witness`;
      scope.ledger.note(statement, reason);
      continue;
    }
    for (const name of names) witnesses.add(name);
    scope.ledger.note(
      statement,
      'a witness: whether a takeover needs its answer is said by witness_policy, and not before you write it',
    );
  }
  draft.witnesses = [...witnesses];
}

function witnessOf({ primary, backup }: Draft, text: string): string | undefined {
  const address = readAddress(text);
  const isOther = address !== primary && address !== backup && address !== '::1';
  return isOther && !/^(0|127|2[4-9]\d|22[4-9]|23\d)\./.test(address ?? '0.') ? address : undefined;
}
