import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

export interface RunningProcess {
  readonly pid: number;
  /** First word of the command line, such as `lvsd`. */
  readonly program: string;
}

/** An environment by which whatever is started, and what that starts, is found again. */
export function markedEnvironment(directory: string): NodeJS.ProcessEnv {
  return { ...process.env, PIRANHA_TEST_DIRECTORY: directory };
}

/**
 * Every living process that was started for a directory: its environment or its command line names it. The directory
 * must be a fresh temporary one, so that nothing else can match.
 */
export function processesOf(directory: string): RunningProcess[] {
  const found: RunningProcess[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(entry) || Number(entry) === process.pid) continue;
    const command = readProc(entry, 'cmdline');
    if (command === '') continue;
    if (!names(command, directory) && !names(readProc(entry, 'environ'), directory)) continue;
    const [program = ''] = command.split(/[\0 ]/, 1);
    found.push({ pid: Number(entry), program: basename(program) });
  }
  return found;
}

/** True if the path itself, or one below it, is in the text; `/tmp/a` is not in `/tmp/ab`. */
function names(text: string, directory: string): boolean {
  const index = text.indexOf(directory);
  if (index < 0) return false;
  const next = text[index + directory.length];
  return next === undefined || next === '/' || next === '\0' || next === ' ' || next === '\n';
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Sends a signal; false when the process is gone already. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** SIGKILL for everything of a directory, again and again until nothing is left: a watcher may be starting another. */
export async function killAllOf(directory: string): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const left = processesOf(directory);
    if (left.length === 0) return;
    for (const { pid } of left) signal(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  const left = processesOf(directory).map(({ pid, program }) => `${program} ${pid}`);
  throw new Error(`processes that do not end: ${left.join(', ')}`);
}
