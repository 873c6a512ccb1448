import { readAddress } from '../addresses.js';
import { deviceOf } from '../devices.js';
import type { Draft, HeldAddress } from '../draft.js';
import type { Ledger, Statement } from '../ledger.js';
import type { ImportOptions } from '../notes.js';
import { carryAll } from './words.js';

const ADDRESS_TYPES = ['IPaddr', 'IPaddr2', 'IPv6addr'];
const USUAL_LDIRECTORD_FILE = 'ldirectord.cf';

/** `IPaddr::ADDRESS/LENGTH/DEVICE/BROADCAST`, or that without its type; undefined for another resource. */
function addressPart(word: string): string | undefined {
  const [type = '', value, ...more] = word.split('::');
  if (ADDRESS_TYPES.includes(type)) {
    return value === undefined ? '' : [value, ...more].join('::');
  }
  return readAddress(word.split('/')[0] ?? '') === undefined ? undefined : word;
}

function readHeld(
  ledger: Ledger,
  statement: Statement,
  text: string,
  options: ImportOptions,
): HeldAddress | undefined {
  const [first = '', length, ...rest] = text.split('/');
  const address = readAddress(first);
  if (address === undefined) {
    ledger.note(statement, `'${first}' is no address that a director could hold`);
    return undefined;
  }
  ledger.carried(statement);
  const named = rest.map((one) => (readAddress(one) === undefined ? deviceOf(one) : undefined)).find(Boolean);
  const full = address.includes(':') ? '128' : '32';
  if (length !== undefined && length !== full) {
    const reason = `it is held as a single address (/${full}): the route to /${length} is up to an address of the device itself`;
    ledger.note(statement, reason);
  }
  const device = named ?? options.device ?? 'eth0';
  if (named === undefined && options.device === undefined) {
    ledger.note(
      statement,
      'heartbeat looks for its device when it runs: eth0 is written; correct it, or give --device',
    );
  }
  return { address, device };
}

/** `LVSSyncDaemonSwap::master[::DEVICE[::ID]]`. */
function readSync(draft: Draft, ledger: Ledger, statement: Statement, parts: readonly string[]): void {
  const [, , device, id] = parts;
  const number = /^\d+$/.test(id ?? '') ? Number(id) : undefined;
  ledger.carried(statement);
  if (id !== undefined && (number === undefined || number > 255)) {
    ledger.note(statement, 'its id is no number from 0 to 255');
  }
  draft.sync = { device: deviceOf(device), id: number !== undefined && number <= 255 ? number : undefined };
}

/** An ldirectord that the cluster starts: the name of its file, and where it is named. */
export interface LdirectordResource {
  readonly statement: Statement;
  readonly file: string;
}

/** What one line of haresources moves. */
export function readGroup(
  draft: Draft,
  ledger: Ledger,
  group: Statement,
  options: ImportOptions,
): readonly LdirectordResource[] {
  carryAll(ledger, [group]);
  return (group.children ?? []).flatMap((statement) => {
    const [word = ''] = statement.words;
    const parts = word.split('::');
    if (parts[0] === 'ldirectord') return [{ statement, file: parts[1] || USUAL_LDIRECTORD_FILE }];
    if (parts[0] === 'LVSSyncDaemonSwap') {
      readSync(draft, ledger, statement, parts);
      return [];
    }
    const address = addressPart(word);
    const held = address === undefined ? undefined : readHeld(ledger, statement, address, options);
    if (held === undefined) return [];
    if (draft.held.some((one) => one.address === held.address))
      ledger.note(statement, 'the address is held already');
    else draft.held.push(held);
    return [];
  });
}
