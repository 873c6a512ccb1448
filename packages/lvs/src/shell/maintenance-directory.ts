import { constants } from 'node:fs';
import { lstat, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '@piranha/common';
import { isOrderName, type MaintenanceFile } from '../core/maintenance-files.js';

/** As many servers as anybody has. */
const FILE_LIMIT = 10_000;
const TEXT_LIMIT_BYTES = 1_024;
const WRITABLE_BY_ALL = 0o002;

/** What a look into maintenance_dir found, or why it could not look. */
export type DirectoryLook =
  | {
      readonly ok: true;
      /** The directory is not there. */
      readonly isMissing?: boolean;
      readonly files: readonly MaintenanceFile[];
      /** Entries that are there but cannot be read: the others count all the same. */
      readonly unreadable: readonly { readonly name: string; readonly problem: string }[];
    }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads maintenance_dir: plain files, by name. A directory that is not there holds none; one that everybody may write to is
 * not obeyed.
 */
export async function readMaintenanceDirectory(path: string): Promise<DirectoryLook> {
  try {
    const { mode } = await stat(path);
    if ((mode & WRITABLE_BY_ALL) !== 0) return { ok: false, problem: 'everybody may write to it' };
    const names = (await readdir(path)).filter(isOrderName).sort();
    if (names.length > FILE_LIMIT) return { ok: false, problem: `more than ${FILE_LIMIT} files` };
    const files: MaintenanceFile[] = [];
    const unreadable: { name: string; problem: string }[] = [];
    for (const name of names) {
      try {
        const file = await readBeginning(join(path, name));
        if (file) files.push({ name, ...file });
      } catch (error) {
        unreadable.push({ name, problem: errorText(error) });
      }
    }
    return { ok: true, files, unreadable };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { ok: true, isMissing: true, files: [], unreadable: [] };
    return { ok: false, problem: errorText(error) };
  }
}

/** The first bytes of a plain file; undefined for anything else, and for one that has just gone. */
async function readBeginning(path: string): Promise<Omit<MaintenanceFile, 'name'> | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    // A named pipe must not stop us.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return withoutText(path, error as NodeJS.ErrnoException);
  }
  try {
    const status = await file.stat();
    if (!status.isFile()) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TEXT_LIMIT_BYTES), 0, TEXT_LIMIT_BYTES, 0);
    return { text: buffer.toString('utf8', 0, bytesRead), at: status.mtime.toISOString() };
  } finally {
    await file.close();
  }
}

/** A plain file that may not be opened is an order all the same, by its name. */
async function withoutText(
  path: string,
  error: NodeJS.ErrnoException,
): Promise<Omit<MaintenanceFile, 'name'> | undefined> {
  if (error.code === 'ENOENT') return undefined;
  const status = await lstat(path);
  if (!status.isFile()) throw error;
  return { text: '', at: status.mtime.toISOString() };
}
