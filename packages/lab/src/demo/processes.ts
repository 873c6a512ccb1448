import { readdirSync, readFileSync } from 'node:fs';

/** True while a process exists and is no zombie. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Every process of a director, told by its run directory in the command line or the environment; the latter survives
 * any change of title. Never includes the caller.
 */
export function processesOf(directory: string): readonly number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number);
  return pids.filter((pid) => pid !== process.pid && isRunning(pid) && names(pid, directory));
}

function names(pid: number, directory: string): boolean {
  const places = [`${directory}/`, `${directory}\0`, `${directory} `];
  return ['cmdline', 'environ'].some((file) => {
    try {
      const text = `${readFileSync(`/proc/${pid}/${file}`, 'utf8')}\0`;
      return places.some((place) => text.includes(place));
    } catch {
      return false;
    }
  });
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
