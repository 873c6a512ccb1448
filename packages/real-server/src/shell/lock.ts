import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { livingPid } from '@piranha/common';
import { failure } from './failure.js';

/**
 * Does work that changes the machine while no other lvs-realserver with this run directory does. The lock of one that
 * was killed counts for nothing.
 * @throws UserError `REALSERVER_BUSY`
 */
export async function withLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const path = join(directory, 'lock');
  take(path);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const fd = openSync(path, 'wx', 0o644);
      writeSync(fd, `${process.pid}\n`);
      closeSync(fd);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = livingPid(path, 'lvs-realserver');
      if (attempt > 1 || (pid !== undefined && pid !== process.pid)) {
        const who = pid === undefined ? 'another one' : `process ${pid}`;
        throw failure('REALSERVER_BUSY', `${who} is at work`, 'wait until it has ended, and try again');
      }
      rmSync(path, { force: true });
    }
  }
}
