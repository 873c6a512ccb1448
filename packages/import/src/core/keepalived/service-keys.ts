import { addressesBetween, readAddress, readPort, shortRange } from '../addresses.js';
import type { Ledger, Statement } from '../ledger.js';
import { Scope } from '../scope.js';
import type { KeepalivedScope, KeepalivedWord } from './directives.js';

/** What IPVS knows a service by. */
export interface ServiceKey {
  /** Undefined for a mark. */
  readonly address: string | undefined;
  readonly port: number;
  /** 0 for an address. */
  readonly mark: number;
}

const MAXIMUM_MARK = 2147483647;
const SMALLEST_PREFIX = 24;

function addressesOf(text: string): readonly string[] | undefined {
  const single = readAddress(text);
  if (single !== undefined) return [single];
  if (text.includes('-')) return shortRange(text);
  const [, base = '', length = ''] = /^([\d.]+)\/(\d+)$/.exec(text) ?? [];
  const prefix = Number(length || '0');
  if (prefix < SMALLEST_PREFIX || prefix > 32 || readAddress(base) === undefined) return undefined;
  const size = 2 ** (32 - prefix);
  const last = Number(base.split('.')[3] ?? 0);
  const start = last - (last % size);
  const front = base.replace(/\d+$/, '');
  return addressesBetween(`${front}${start}`, `${front}${start + size - 1}`);
}

/** Reads `fwmark N` or `ADDRESS [PORT]`, where an address may be a range; a note for anything else. */
export function readKeys(
  ledger: Ledger,
  statement: Statement,
  words: readonly string[],
): readonly ServiceKey[] {
  const [first = '', second = ''] = words;
  if (first === 'fwmark') {
    const mark = /^\d+$/.test(second) ? Number(second) : 0;
    if (mark >= 1 && mark <= MAXIMUM_MARK) return [{ address: undefined, port: 0, mark }];
    ledger.note(statement, `'${second}' is no mark from 1 to ${MAXIMUM_MARK}`);
    return [];
  }
  const addresses = addressesOf(first);
  const port = second === '' ? 0 : readPort(second);
  if (addresses === undefined || port === undefined) {
    ledger.note(
      statement,
      `'${words.join(' ')}' is no service: an address (or up to 256) and a port, or a mark`,
    );
    return [];
  }
  for (const extra of words.slice(2)) ledger.note(statement, `'${extra}' is not understood here`);
  return addresses.map((address) => ({ address, port, mark: 0 }));
}

/** The services of every `virtual_server_group`. */
export function readServiceGroups(scope: KeepalivedScope): ReadonlyMap<string, readonly ServiceKey[]> {
  const groups = new Map<string, readonly ServiceKey[]>();
  for (const statement of scope.all('virtual_server_group')) {
    scope.ledger.carried(statement);
    const entries = new Scope<KeepalivedWord>(scope.ledger, statement.children ?? []).statements;
    const keys = entries.flatMap((entry) => {
      scope.ledger.carried(entry);
      return readKeys(scope.ledger, entry, entry.words);
    });
    const name = statement.words[1] ?? '';
    groups.set(name, [...(groups.get(name) ?? []), ...keys]);
  }
  return groups;
}
