import { runLvsctl } from '../../src/shell/run-lvsctl.js';
import { NOW_MS } from './statuses.js';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** lvsctl with its streams in hand. */
export async function run(argv: readonly string[], stdin = ''): Promise<Ran> {
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
  });
  return { status, stdout, stderr };
}
