import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { findUser, type UserEntry } from '../core/passwd.js';

const GETENT_LIMIT_MS = 2_000;
const OUTPUT_LIMIT_BYTES = 64 * 1024;
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];

/** A user of this machine, of a directory service too; undefined where there is none of that name. */
export async function lookUpUser(name: string): Promise<UserEntry | undefined> {
  return findUser(readPasswd(), name) ?? findUser(await getent(name), name);
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}

function getent(name: string): Promise<string> {
  if (!/^[A-Za-z0-9_.@\\-]+$/.test(name) || name.startsWith('-')) return Promise.resolve('');
  return new Promise((resolve) => {
    const options = {
      timeout: GETENT_LIMIT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: OUTPUT_LIMIT_BYTES,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    } as const;
    execFile('getent', ['passwd', name], options, (error, stdout) => resolve(error ? '' : stdout));
  });
}

/**
 * The words that give a program the user's groups too, which Node cannot; undefined without setpriv, where it runs
 * with the user's first group alone.
 */
export function groupWords({ uid, gid }: UserEntry): readonly string[] | undefined {
  const setpriv = SETPRIV.find((path) => existsSync(path));
  if (setpriv === undefined) return undefined;
  return [setpriv, '--reuid', String(uid), '--regid', String(gid), '--init-groups', '--'];
}
