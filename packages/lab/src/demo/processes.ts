import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, signalProcess } from '@piranha/common';
import { NANNY_ENVIRONMENT } from '@piranha/protocol';

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
  return pids.filter((pid) => pid !== process.pid && isAlive(pid) && isMarked(pid, directory));
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

const END_ROUND_MS = 20;
const END_ROUNDS = 250;

/**
 * SIGKILLs everything that was started for a directory, again and again until nothing is left: a watcher may just be
 * starting another, and a killed process holds its addresses until it is really gone.
 * @throws Error when something does not end within 5 s
 */
export async function endAllOf(directory: string): Promise<void> {
  let quietRounds = 0;
  for (let round = 0; round < END_ROUNDS; round += 1) {
    const left = processesOf(directory);
    quietRounds = left.length === 0 ? quietRounds + 1 : 0;
    // Twice: a process in the middle of its exec shows no environment for a moment.
    if (quietRounds === 2) return;
    for (const pid of left) signalProcess(pid, 'SIGKILL');
    await pause(END_ROUND_MS);
  }
  throw new Error(`processes that do not end: ${processesOf(directory).join(', ')}`);
}
