import { readdirSync, readFileSync } from 'node:fs';
import { NANNY_ENVIRONMENT } from '@piranha/protocol';

/**
 * Ends nannies that an earlier lvsd of the same socket left, and gives their pids. A nanny ends by itself when its lvsd
 * is gone; one that was frozen then cannot. To be called while the socket is ours and no nanny has been started yet.
 */
export function endOrphanNannies(socketPath: string): readonly number[] {
  const mark = `${NANNY_ENVIRONMENT.socket}=${socketPath}`;
  const orphans = readdirSync('/proc')
    .filter((entry) => /^[0-9]+$/.test(entry))
    .filter((entry) => processText(entry, 'cmdline').includes('nanny'))
    // The mark is inherited by check programs too, so the name alone or the mark alone would not do.
    .filter((entry) => processText(entry, 'environ').split('\0').includes(mark))
    .map(Number);
  return orphans.filter((pid) => pid !== process.pid && kill(pid));
}

/** Empty for a process that is gone, a zombie or somebody else's. */
function processText(pid: string, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
