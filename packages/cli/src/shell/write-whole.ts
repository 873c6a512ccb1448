import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '@piranha/common';
import { EXIT } from '../core/exit-status.js';

/** Everybody may read it, as a collector of another user must. */
const MODE = 0o644;

/**
 * Puts a text into a file whole or not at all; what is there is replaced.
 * @throws UserError `METRICS_WRITE`, exit status 4
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  // Hidden, and without the ending by which collectors know their files.
  const next = join(dirname(path), `.${basename(path)}.${process.pid}.new`);
  try {
    const file = await open(next, 'wx', MODE);
    try {
      await file.writeFile(text);
      // Whatever umask says.
      await file.chmod(MODE);
    } finally {
      await file.close();
    }
    await rename(next, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') await rm(next, { force: true }).catch(() => undefined);
    throw new UserError(`${path}: cannot be written: ${code ?? String(error)}`, {
      code: 'METRICS_WRITE',
      hint: 'the file is as it was; its directory must exist, and this user must be allowed to write there',
      exitCode: EXIT.trouble,
    });
  }
}
