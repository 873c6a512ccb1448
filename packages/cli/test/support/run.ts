import type { LvsctlIo } from '../../src/shell/io.js';
import { runLvsctl } from '../../src/shell/run-lvsctl.js';
import { NOW_MS } from './statuses.js';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** lvsctl with its streams in hand. @param more other than those of a process without a terminal */
export async function run(argv: readonly string[], stdin = '', more: Partial<LvsctlIo> = {}): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const status = await runLvsctl(argv, {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    stdin: async function* () {
      yield Buffer.from(stdin);
    },
    nowMs: () => NOW_MS,
    ...more,
  });
  return { status, stdout, stderr };
}
