import { existsSync } from 'node:fs';
import { patient } from '@piranha/common';
import { execa } from 'execa';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin';
const LIMIT_MS = 5_000;
const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024;

/** What a tool of the system prints, run without a shell; undefined when it is not there or fails. */
export async function outputOf(program: string, ...args: readonly string[]): Promise<string | undefined> {
  const result = await execa(program, args, {
    reject: false,
    timeout: patient(LIMIT_MS),
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_LIMIT_BYTES,
    env: { PATH, LC_ALL: 'C' },
    extendEnv: false,
    stdin: 'ignore',
  });
  return result.exitCode === 0 ? String(result.stdout ?? '') : undefined;
}

/** Whether a tool is where systems have it. */
export function isOnPath(program: string): boolean {
  return PATH.split(':').some((directory) => existsSync(`${directory}/${program}`));
}
