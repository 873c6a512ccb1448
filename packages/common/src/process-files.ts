import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

const PID_FILE_LIMIT_BYTES = 32;

/** Writes a small file so that a reader sees the old text or the new one, never half. */
export function writeFileAtomically(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, text, { mode: 0o644 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * One decimal line, as the original's pid files. Where the disk is full it goes over that of the process before, which
 * needs no room; without one the error is given back, for a full disk must not end a daemon.
 */
export function writePidFile(path: string, pid: number): Error | undefined {
  const text = `${pid}\n`;
  try {
    writeFileAtomically(path, text);
    return undefined;
  } catch (error) {
    if (writeInPlace(path, text)) return undefined;
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Writes over a file that is there; who reads it meanwhile finds no whole number, or the new one. */
function writeInPlace(path: string, text: string): boolean {
  try {
    const descriptor = openSync(path, 'r+');
    try {
      writeSync(descriptor, text, 0);
      ftruncateSync(descriptor, text.length);
    } finally {
      closeSync(descriptor);
    }
    return true;
  } catch {
    return false;
  }
}

/** Removes a pid file if it still names `pid`; another process may have written it since. */
export function removePidFile(path: string, pid: number): void {
  if (readPid(path) === pid) rmSync(path, { force: true });
}

function readPid(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').slice(0, PID_FILE_LIMIT_BYTES);
    return /^[1-9][0-9]*\n?$/.test(text) ? Number.parseInt(text, 10) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The pid of a pid file, if that process lives and its command line names `program`. A number alone proves nothing:
 * pids are used again.
 */
export function livingPid(path: string, program: string): number | undefined {
  const pid = readPid(path);
  if (pid === undefined) return undefined;
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return command.includes(program) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** True while a process of that pid exists and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}

/** Sends a signal; a process that is already gone is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
