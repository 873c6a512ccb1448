import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { UserError } from '@piranha/common';

const SECRET_LIMIT_BYTES = 4_096;
const CERTIFICATES_LIMIT_BYTES = 1024 * 1024;
const OTHERS = 0o077;
/** Code of the error for a file that this user must not read, which root may. */
export const DENIED = 'NOTIFY_SECRET_DENIED';

/**
 * The password in a file: its first line.
 * @throws UserError `NOTIFY_SECRET` where the file cannot be read, or others may; DENIED
 */
export function readPassword(path: string): string {
  const text = readSmall(path, SECRET_LIMIT_BYTES, (mode, uid) => {
    const own = process.getuid?.() ?? 0;
    if ((mode & OTHERS) !== 0) return `others may read it: chmod 600 ${path}`;
    return uid === own || uid === 0 ? undefined : `it belongs to the user ${uid}`;
  });
  const password = text.split(/\r?\n/)[0] ?? '';
  if (password === '') throw secretError(path, 'its first line is empty');
  return password;
}

/** @throws UserError `NOTIFY_SECRET` where the file cannot be read; DENIED */
export function readCertificates(path: string): string {
  return readSmall(path, CERTIFICATES_LIMIT_BYTES, () => undefined);
}

function readSmall(
  path: string,
  limitBytes: number,
  why: (mode: number, uid: number) => string | undefined,
): string {
  let descriptor: number | undefined;
  try {
    // What is looked at is what is read; and a pipe without a writer must not hold the daemon up.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw secretError(path, 'it is no file');
    if (stat.size > limitBytes) throw secretError(path, `it is longer than ${limitBytes} bytes`);
    const problem = why(stat.mode, stat.uid);
    if (problem !== undefined) throw secretError(path, problem);
    return readFileSync(descriptor, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw secretError(path, 'it does not exist');
    throw secretError(path, `it cannot be read (${code})`, code === 'EACCES' ? DENIED : undefined);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function secretError(path: string, problem: string, code = 'NOTIFY_SECRET'): UserError {
  return new UserError(`${path}: ${problem}`, { code });
}
