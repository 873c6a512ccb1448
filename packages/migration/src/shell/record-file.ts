import { readFileSync, rmSync, statSync } from 'node:fs';
import { errorText, UserError, writeFileAtomically } from '@piranha/common';
import { ADOPTION_RECORD, type AdoptionRecord } from '../core/adoption-record.js';

const SIZE_LIMIT_BYTES = 32 * 1024 * 1024;

/**
 * The record of an adoption that is under way; undefined without one.
 * @throws UserError `ADOPTION_RECORD_BAD` when it is there and cannot be used
 */
export function readAdoption(path: string): AdoptionRecord | undefined {
  try {
    if (statSync(path).size > SIZE_LIMIT_BYTES) throw new Error(`over ${SIZE_LIMIT_BYTES} bytes`);
    return ADOPTION_RECORD.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`${path}: not the record of an adoption: ${errorText(error).split('\n', 1)[0]}`, {
      code: 'ADOPTION_RECORD_BAD',
      hint: 'look whether frozen processes are left (state T in ps), end them by hand, and remove the file',
    });
  }
}

/** Writes the record, whole or not at all. @throws UserError `ADOPTION_RECORD_UNWRITABLE` */
export function writeAdoption(path: string, record: AdoptionRecord): void {
  try {
    writeFileAtomically(path, `${JSON.stringify(record)}\n`);
  } catch (error) {
    throw new UserError(`${path}: ${errorText(error)}`, {
      code: 'ADOPTION_RECORD_UNWRITABLE',
      hint: 'nothing was changed: without the record there would be no way back',
    });
  }
}

/** Removes the record; none is fine. */
export function removeAdoption(path: string): void {
  rmSync(path, { force: true });
}
