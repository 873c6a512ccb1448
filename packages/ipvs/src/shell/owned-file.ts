import { closeSync, fstatSync, openSync, readFileSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { UserError } from '@piranha/common';

/**
 * The `owned` file: the keys of our entries, as ownedKeys gives them, one a line. IPVS has no owner field, so this is
 * how a restarted lvsd knows its own entries from foreign ones. It is written before an entry is added.
 */

/** 100,000 servers make about 5 MB. */
const FILE_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Keys of the entries that an earlier lvsd owned; none when there is no file.
 * @throws UserError `OWNED_UNREADABLE` when the file is there but cannot be read: guessing could touch foreign entries
 */
export function readOwned(path: string): ReadonlySet<string> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
    throw unreadable(path, String(error));
  }
  try {
    if (fstatSync(fd).size > FILE_LIMIT_BYTES) throw unreadable(path, `over ${FILE_LIMIT_BYTES} bytes`);
    return new Set(
      readFileSync(fd, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    );
  } finally {
    closeSync(fd);
  }
}

function unreadable(path: string, why: string): UserError {
  return new UserError(`cannot read ${path}: ${why}`, {
    code: 'OWNED_UNREADABLE',
    hint: 'remove it if the table holds nothing of ours',
  });
}

/** Writes the keys whole or not at all, and to the disk before it resolves. */
export async function saveOwned(path: string, keys: ReadonlySet<string>): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o640);
  try {
    await file.writeFile(
      [...keys]
        .sort()
        .map((key) => `${key}\n`)
        .join(''),
    );
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** Removes the file; done when nothing is owned any more. */
export function removeOwned(path: string): void {
  rmSync(path, { force: true });
}
