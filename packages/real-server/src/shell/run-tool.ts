import { spawnSync } from 'node:child_process';

const LIMIT_MS = 10_000;
const OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024;
const SHOWN = 300;

/** How a program ended; `message` says why where it was not well. */
export interface ToolResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly message: string;
}

/** Runs a program of the system to its end, at most 10 s, with text on its standard input. Never throws. */
export function runTool(program: string, args: readonly string[], input = ''): ToolResult {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const result = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    maxBuffer: OUTPUT_LIMIT_BYTES,
    env: { ...process.env, PATH: path, LC_ALL: 'C' },
  });
  const ok = result.error === undefined && result.status === 0;
  const said = (result.stderr ?? '').trim().slice(0, SHOWN);
  const ending = said === '' ? `it ended with ${result.status ?? result.signal}` : said;
  const message = result.error?.message ?? ending;
  return { ok, stdout: result.stdout ?? '', message };
}
