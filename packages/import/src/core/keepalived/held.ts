import { readAddress } from '../addresses.js';
import { deviceOf } from '../devices.js';
import type { HeldAddress } from '../draft.js';
import type { Ledger, Statement } from '../ledger.js';

/** The words behind an address, two by two. */
function wordAfter(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
}

function noteExtras(ledger: Ledger, statement: Statement): void {
  const known = new Set(['dev', 'label']);
  for (let index = 1; index < statement.words.length; index += 1) {
    const word = statement.words[index] ?? '';
    if (known.has(word)) index += 1;
    else {
      ledger.note(statement, `'${word}' is left out: an address is held by itself on its device`);
      return;
    }
  }
}

/** An address of `virtual_ipaddress`: `ADDRESS[/LENGTH] [dev DEVICE] [label LABEL]`; a note where it cannot be held. */
export function readHeld(
  ledger: Ledger,
  statement: Statement,
  usualDevice: string | undefined,
): HeldAddress | undefined {
  const [first = '', ...rest] = statement.words;
  const [text = '', length] = first.split('/');
  const address = readAddress(text);
  if (address === undefined) {
    ledger.note(statement, `'${text}' is no address that a director could hold`);
    return undefined;
  }
  const device = deviceOf(wordAfter(rest, 'dev')) ?? usualDevice;
  if (device === undefined) {
    ledger.note(statement, 'no device is known for it');
    return undefined;
  }
  ledger.carried(statement);
  noteExtras(ledger, statement);
  const full = address.includes(':') ? '128' : '32';
  if (length !== undefined && length !== full) {
    const reason = `it is held as a single address (/${full}): the route to /${length} is up to an address of the device itself`;
    ledger.note(statement, reason);
  }
  const label = wordAfter(rest, 'label');
  const fits = label !== undefined && deviceOf(label) !== undefined && label.startsWith(`${device}:`);
  if (label !== undefined && !fits)
    ledger.note(statement, `the label '${label}' does not begin with the device`);
  return { address, device: fits ? label : device };
}
