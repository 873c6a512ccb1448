import { existsSync } from 'node:fs';
import { patient } from '@piranha/common';
import { execa } from 'execa';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin';
const LIMIT_MS = 10_000;
const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024;

/** What became of a tool of the system. */
interface ToolAnswer {
  /** What it printed; undefined when it is not there or fails. */
  readonly text: string | undefined;
  /** It was there and was ended, because it took too long or said too much. */
  readonly wasCut: boolean;
}

/** Runs a tool of the system without a shell. */
export async function askTool(program: string, ...args: readonly string[]): Promise<ToolAnswer> {
  const result = await execa(program, args, {
    reject: false,
    timeout: patient(LIMIT_MS),
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_LIMIT_BYTES,
    env: { PATH, LC_ALL: 'C' },
    extendEnv: false,
    stdin: 'ignore',
  });
  const text = result.exitCode === 0 ? String(result.stdout ?? '') : undefined;
  return { text, wasCut: result.timedOut === true || result.isMaxBuffer === true };
}

/** What a tool prints; undefined when it is not there, fails or is cut. */
export async function outputOf(program: string, ...args: readonly string[]): Promise<string | undefined> {
  return (await askTool(program, ...args)).text;
}

/** Whether a tool is where systems have it. */
export function isOnPath(program: string): boolean {
  return PATH.split(':').some((directory) => existsSync(`${directory}/${program}`));
}
