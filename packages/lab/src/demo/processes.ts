import { readdirSync, readFileSync } from 'node:fs';
import { NANNY_ENVIRONMENT } from '@piranha/protocol';

/** True while a process exists and is no zombie. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const MARK = 'PIRANHA_DEMO';
/** Nannies get nothing of lvsd's environment, but the path of its socket in the run directory. */
const MARKS = [MARK, NANNY_ENVIRONMENT.socket];

/** The environment by which whatever is started for a directory, and what that starts in turn, is found again. */
export function markedEnvironment(directory: string): NodeJS.ProcessEnv {
  return { ...process.env, [MARK]: `${directory}/` };
}

/**
 * Every process that was started for a directory or one below it, told by the mark in its environment, which survives
 * any change of title. A shell or an editor that only works in the directory is not meant. Never includes the caller.
 */
export function processesOf(directory: string): readonly number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number);
  return pids.filter((pid) => pid !== process.pid && isRunning(pid) && isMarked(pid, directory));
}

function isMarked(pid: number, directory: string): boolean {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const beginnings = MARKS.map((mark) => `${mark}=${directory}/`);
    return variables.some((variable) => beginnings.some((beginning) => variable.startsWith(beginning)));
  } catch {
    return false;
  }
}

/** SIGKILLs processes; those already gone are no error. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
