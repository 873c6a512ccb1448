import { spawn } from 'node:child_process';
import { type BinaryName, binaryPath } from '@piranha/common';
import { markedEnvironment } from './processes.js';

/** A drain that is watched over several restarts takes half a minute on a busy machine. */
const LIMIT_MS = 80_000;

export interface ProgramEnd {
  /** Exit status, or -1 after a signal. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program of the suite to its end. `directory` marks its processes, for whoever cleans up; `path` is another copy
 * of the program.
 */
export function runProgram(
  name: BinaryName,
  args: readonly string[],
  directory: string,
  path: string = binaryPath(name),
): Promise<ProgramEnd> {
  const child = spawn(process.execPath, [path, ...args], {
    argv0: name,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: markedEnvironment(directory),
  });
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      texts[stream] += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`${name} ${args.join(' ')} did not end\n${texts.stdout}\n${texts.stderr}`));
    }, LIMIT_MS);
    child.once('error', reject);
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? -1, ...texts });
    });
  });
}
