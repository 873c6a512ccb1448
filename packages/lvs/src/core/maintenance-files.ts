import { type AddressesOf, findServers, type PlacedServer } from './find-servers.js';
import type { OrderInForce } from './maintenance.js';

/** Files of maintenance_dir: the name of a file is that of a server, its first line says how it goes and why. Pure. */

/** A file as it was found. */
export interface MaintenanceFile {
  readonly name: string;
  /** The beginning of its text. */
  readonly text: string;
  /** Of its last change, wall clock, ISO 8601. */
  readonly at: string;
}

/** An order of a file, with the places that it is about. */
export interface FileOrder {
  readonly name: string;
  readonly order: OrderInForce;
  readonly keys: readonly string[];
  /** Although no server of a service is left then. */
  readonly force: boolean;
}

/** A file that is no order. */
interface FileProblem {
  readonly name: string;
  readonly problem: string;
}

const LONGEST_REASON = 200;
/** Before its name, where others have who gave the order. No user is called so. */
const FILE = 'file ';
/** Left behind by editors and package managers, or hidden. */
const NO_ORDER = /^\.|~$|\.(swp|bak|tmp|rpmsave|rpmnew|dpkg-\w+)$/;

/** False for names that nobody means as an order. */
export function isOrderName(name: string): boolean {
  return !NO_ORDER.test(name);
}

/** True for the order of a file. */
export function isOfFile(order: Pick<OrderInForce, 'by'> | undefined): boolean {
  return order?.by.startsWith(FILE) === true;
}

/**
 * What the files order. An empty file drains; the words `disable` and `force`, in any order, may begin its first line; what
 * follows is the reason.
 * @param addressesOf what a name stands for that is nothing of lvs.cf
 */
export function readMaintenanceFiles(
  files: readonly MaintenanceFile[],
  placed: readonly PlacedServer[],
  addressesOf: AddressesOf = () => undefined,
): { readonly orders: readonly FileOrder[]; readonly problems: readonly FileProblem[] } {
  const orders: FileOrder[] = [];
  const problems: FileProblem[] = [];
  for (const { name, text, at } of files) {
    const found = findServers(placed, name, addressesOf);
    if (!found.ok) {
      problems.push({ name, problem: `${found.text}; ${found.hint}` });
      continue;
    }
    const { kind, force, reason } = readText(text);
    const keys = [...new Set(found.servers.map(({ key }) => key))];
    orders.push({ name, keys, force, order: { kind, by: `${FILE}${name}`, at, reason } });
  }
  return { orders, problems };
}

function readText(text: string): Pick<OrderInForce, 'kind' | 'reason'> & { readonly force: boolean } {
  const words = printable(text.split('\n')[0] ?? '')
    .split(' ')
    .filter((word) => word !== '');
  let kind: OrderInForce['kind'] = 'drain';
  let force = false;
  for (;;) {
    const word = words[0]?.replace(/:$/, '').toLowerCase();
    if (word === 'force') force = true;
    else if (word === 'disable' || word === 'drain') kind = word;
    else break;
    words.shift();
  }
  return { kind, force, reason: words.join(' ').slice(0, LONGEST_REASON) };
}

/** For log and status: what would move a cursor or split a line becomes a blank. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, ' ');
}
