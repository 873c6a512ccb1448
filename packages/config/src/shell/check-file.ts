import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

export type FileRead =
  | { readonly ok: true; readonly text: string }
  /** One line, without the path; a code of the kernel where that is all there is to say. */
  | { readonly ok: false; readonly problem: string };

interface FileRules {
  /** Nobody but its owner may have any right on it. */
  readonly secret: boolean;
  readonly limitBytes: number;
}

/** Limit of certificates and headers. */
const TEXT_LIMIT_BYTES = 1024 * 1024;
const PASSWORD_LIMIT_BYTES = 4_096;

/** The files that checks need, by what they hold. */
export const CHECK_FILES = {
  certificates: { secret: false, limitBytes: TEXT_LIMIT_BYTES },
  headers: { secret: true, limitBytes: TEXT_LIMIT_BYTES },
  password: { secret: true, limitBytes: PASSWORD_LIMIT_BYTES },
} as const satisfies Readonly<Record<string, FileRules>>;

export type CheckFileKind = keyof typeof CHECK_FILES;

/** The text of a file that a check needs. Asked for at each use, so that a change counts at once. */
export async function readCheckFile(path: string, kind: CheckFileKind): Promise<FileRead> {
  const { secret, limitBytes } = CHECK_FILES[kind];
  try {
    // A pipe would be waited for for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = await file.stat();
      if (!status.isFile()) return refused('it is no regular file');
      if (secret && (status.mode & 0o077) !== 0) return refused('others may read it: chmod 600');
      if (status.size > limitBytes) return refused('it is too long');
      return { ok: true, text: await file.readFile('utf8') };
    } finally {
      await file.close();
    }
  } catch (error) {
    return refused((error as NodeJS.ErrnoException).code ?? String(error));
  }
}

function refused(problem: string): FileRead {
  return { ok: false, problem };
}
