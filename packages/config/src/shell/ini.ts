import { UserError } from '@piranha/common';
import { type PiranhaIni, parsePiranhaIni } from '../core/ini.js';
import { isAbsent, readLimited } from './read-limited.js';

const MAXIMUM_INI_BYTES = 64 * 1024;

/**
 * Reads the node's own settings, /etc/sysconfig/ha/piranha.ini unless told; a missing file gives the defaults.
 * @throws UserError `INI_READ`, `INI_TOO_LARGE` and those of the text: `INI_UNKNOWN_SECTION`, `INI_UNKNOWN_KEY`,
 *   `INI_BAD_VALUE`.
 */
export async function loadPiranhaIni(path = '/etc/sysconfig/ha/piranha.ini'): Promise<PiranhaIni> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readLimited(path, MAXIMUM_INI_BYTES);
  } catch (error) {
    if (isAbsent(error)) return parsePiranhaIni('', path);
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${path}: ${reason}`, { code: 'INI_READ', hint: 'make it readable or delete it' });
  }
  if (!bytes) {
    const message = `${path}: larger than ${MAXIMUM_INI_BYTES / 1024} KiB`;
    throw new UserError(message, { code: 'INI_TOO_LARGE', hint: 'is this a piranha.ini?' });
  }
  return parsePiranhaIni(new TextDecoder().decode(bytes), path);
}
