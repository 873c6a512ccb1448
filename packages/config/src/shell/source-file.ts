import { type FileHandle, link, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '@piranha/common';

/** Exit status of a command that cannot read or write its file. */
const TROUBLE = 4;
/** So many old files are kept beside one. */
const KEPT = 5;

/** A file as it was read. */
export interface SourceFile {
  /** Where it is, links followed: a link stays a link when the file is replaced. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
  readonly userId: number;
  readonly groupId: number;
  readonly modifiedMs: number;
}

function trouble(message: string, code: string, hint: string): UserError {
  return new UserError(message, { code, hint, exitCode: TROUBLE });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/**
 * Reads a file of at most `limitBytes`.
 * @throws UserError `FILE_READ` or `FILE_TOO_LARGE`, exit status 4
 */
export async function readFileLimited(name: string, limitBytes: number): Promise<SourceFile> {
  let handle: FileHandle | undefined;
  try {
    const path = await realpath(name);
    handle = await open(path, 'r');
    const { mode, uid, gid, mtimeMs } = await handle.stat();
    const { bytesRead, buffer } = await readUpTo(handle, limitBytes + 1);
    if (bytesRead > limitBytes) {
      throw trouble(
        `${name}: larger than ${limitBytes / 1024 / 1024} MiB`,
        'FILE_TOO_LARGE',
        'is this an lvs.cf?',
      );
    }
    const bytes = buffer.subarray(0, bytesRead);
    return { path, bytes, mode: mode & 0o7777, userId: uid, groupId: gid, modifiedMs: mtimeMs };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw trouble(`${name}: cannot be read: ${codeOf(error)}`, 'FILE_READ', 'give a file that you may read');
  } finally {
    await handle?.close();
  }
}

async function readUpTo(
  handle: FileHandle,
  limitBytes: number,
): Promise<{ bytesRead: number; buffer: Buffer }> {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < limitBytes) {
    const chunk = Buffer.alloc(Math.min(65_536, limitBytes - length));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
    chunks.push(chunk.subarray(0, bytesRead));
  }
  return { bytesRead: length, buffer: Buffer.concat(chunks) };
}

/**
 * Replaces a file whole or not at all, with its mode and owner. The new file beside it, made exclusively, is the lock.
 * @throws UserError `FILE_LOCKED`, `FILE_CHANGED` when somebody wrote to it meanwhile, or `FILE_WRITE`; exit status 4
 */
export async function replaceFile(source: SourceFile, bytes: Uint8Array): Promise<void> {
  const { path } = source;
  const next = `${path}.lvsctl-new`;
  const handle = await openExclusively(next, source);
  try {
    await handle.writeFile(bytes);
    // The file's own mode, whatever umask says; its owner too where we may.
    await handle.chmod(source.mode);
    if (process.getuid?.() === 0) await handle.chown(source.userId, source.groupId);
    await handle.sync();
    if ((await stat(path)).mtimeMs !== source.modifiedMs) {
      throw trouble(`${path}: somebody changed it meanwhile`, 'FILE_CHANGED', 'try again');
    }
    await rename(next, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(next, { force: true });
    if (error instanceof UserError) throw error;
    throw trouble(`${path}: cannot be written: ${codeOf(error)}`, 'FILE_WRITE', 'the file is as it was');
  } finally {
    // What was written was synced before.
    await handle.close().catch(() => undefined);
  }
}

async function openExclusively(next: string, source: SourceFile): Promise<FileHandle> {
  try {
    return await open(next, 'wx', source.mode);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      throw trouble(
        `${source.path}: locked by ${next}`,
        'FILE_LOCKED',
        'if no lvsctl runs, delete that file',
      );
    }
    throw trouble(
      `${source.path}: cannot be written: ${codeOf(error)}`,
      'FILE_WRITE',
      'the file is as it was',
    );
  }
}

/** The name stands already: a file system that cannot sync its directory is no reason to say that nothing was done. */
async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // It is on disk a moment later, or after the next start the old file counts, which is whole as well.
  }
}

/** An old file that is put aside while its successor is tried. */
export interface KeptFile {
  /** It goes back to its place, with everything that it was. */
  restore(): Promise<void>;
  /** Its successor stays; gives the name under which the old one is kept. */
  keep(): Promise<string>;
  /** Nothing took its place. */
  drop(): Promise<void>;
}

/**
 * Gives a file a second name, so that its successor can be undone. Then `FILE.bak.1` is the newest old one, up to `.5`.
 * @throws UserError `FILE_KEEP`; exit status 4
 */
export async function putAside({ path }: SourceFile): Promise<KeptFile> {
  const aside = `${path}.lvsctl-old`;
  try {
    await linkAgain(path, aside);
  } catch (error) {
    const text = `${path}: the old file cannot be kept: ${codeOf(error)}`;
    throw trouble(text, 'FILE_KEEP', 'it must be on a file system with hard links that this user may write');
  }
  return {
    restore: () => putBack(path, aside),
    keep: () => turnOver(path, aside),
    drop: () => rm(aside, { force: true }),
  };
}

async function linkAgain(path: string, aside: string): Promise<void> {
  try {
    await link(path, aside);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    // Of a process that died in between: it is an old file like the others.
    if ((await stat(path)).ino === (await stat(aside)).ino) return;
    await turnOver(path, aside);
    await link(path, aside);
  }
}

async function putBack(path: string, aside: string): Promise<void> {
  await rename(aside, path);
  await syncDirectory(dirname(path));
}

async function turnOver(path: string, aside: string): Promise<string> {
  for (let number = KEPT - 1; number >= 1; number -= 1) {
    await rename(`${path}.bak.${number}`, `${path}.bak.${number + 1}`).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
    });
  }
  await rename(aside, `${path}.bak.1`);
  await syncDirectory(dirname(path));
  return `${path}.bak.1`;
}
