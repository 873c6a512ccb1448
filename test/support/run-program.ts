import { spawn } from 'node:child_process';
import { type BinaryName, binaryPath } from '@piranha/common';

const LIMIT_MS = 30_000;

export interface ProgramEnd {
  /** Exit status, or -1 after a signal. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the suite to its end; one that does not end in time is killed. */
export function runProgram(name: BinaryName, args: readonly string[]): Promise<ProgramEnd> {
  const child = spawn(process.execPath, [binaryPath(name), ...args], {
    argv0: name,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      texts[stream] += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status: status ?? -1, ...texts }));
  });
}
