import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '@piranha/common';
import { libc } from '@piranha/net';
import { failure } from './failure.js';

const LOCK_EX = 2;
const LOCK_NB = 4;

/**
 * Does work that changes the machine while no other lvs-realserver with this run directory does. The kernel drops the
 * lock of a process that was killed; the file stays.
 * @throws UserError `REALSERVER_BUSY`, `REALSERVER_RUN_DIRECTORY`
 */
export function withLock<T>(directory: string, work: () => T): T {
  const fd = openLock(join(directory, 'lock'));
  try {
    if (libc().flock(fd, LOCK_EX | LOCK_NB) < 0) {
      throw failure('REALSERVER_BUSY', 'another one is at work', 'wait until it has ended, and try again');
    }
    return work();
  } finally {
    closeSync(fd);
  }
}

function openLock(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw failure('REALSERVER_RUN_DIRECTORY', errorText(error), 'name another directory with --run-dir');
  }
}
