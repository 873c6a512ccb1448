import { UserError } from '@piranha/common';
import { readAddress } from './addresses.js';
import { deviceOf } from './devices.js';
import type { ImportOptions } from './notes.js';

const WRONG_COMMAND_LINE = 2;

function wrong(text: string, hint: string): UserError {
  return new UserError(text, { code: 'IMPORT_BAD_OPTION', hint, exitCode: WRONG_COMMAND_LINE });
}

function nodeAddress(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const address = readAddress(text);
  if (address === undefined)
    throw wrong(`--${name} ${text}: no address`, `give the address of the ${name} director`);
  return address;
}

/**
 * What a person said about the pair, in the spelling of lvs.cf.
 * @throws UserError `IMPORT_BAD_OPTION`, exit status 2
 */
export function importOptions(given: ImportOptions): ImportOptions {
  const device = deviceOf(given.device);
  if (given.device !== undefined && (device === undefined || device.includes(':'))) {
    throw wrong(`--device ${given.device}: no name of a device`, 'give a name such as eth0, without a label');
  }
  const primary = nodeAddress('primary', given.primary);
  const backup = nodeAddress('backup', given.backup);
  return {
    ...(device === undefined ? {} : { device }),
    ...(primary === undefined ? {} : { primary }),
    ...(backup === undefined ? {} : { backup }),
  };
}
