import { patient } from '@piranha/common';
import { execa } from 'execa';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin';
/** Where an operator put iptables' lock; without it every network namespace would wait for every other. */
const LOCK_FILE =
  process.env.XTABLES_LOCKFILE === undefined ? {} : { XTABLES_LOCKFILE: process.env.XTABLES_LOCKFILE };
const OUTPUT_LIMIT_BYTES = 256 * 1024;

/** What one call of a system tool gave. */
export interface ToolResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** Its first message in one line, or why it did not run. */
  readonly message: string;
}

/**
 * Runs a tool of the system, never through a shell, with an environment of our own. Never rejects.
 * @param limitMs after which it is killed
 * @param input for its standard input
 */
export async function runTool(
  program: string,
  args: readonly string[],
  limitMs: number,
  input?: string,
): Promise<ToolResult> {
  const result = await execa(program, args, {
    reject: false,
    timeout: patient(limitMs),
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_LIMIT_BYTES,
    env: { PATH, LC_ALL: 'C', ...LOCK_FILE },
    extendEnv: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  });
  const stdout = String(result.stdout ?? '');
  if (result.exitCode === 0) return { ok: true, stdout, message: '' };
  return { ok: false, stdout, message: failure(program, result) };
}

function failure(
  program: string,
  result: {
    readonly timedOut: boolean;
    readonly stderr?: unknown;
    readonly exitCode?: number;
    readonly code?: string;
  },
): string {
  if (result.timedOut) return `${program} took too long`;
  if (result.code === 'ENOENT') return `${program} is not on this machine`;
  const lines = String(result.stderr ?? '').split('\n');
  const line = lines.map((text) => text.trim()).find((text) => text !== '');
  return line?.slice(0, 300) ?? `${program} ended with ${result.exitCode ?? result.code ?? 'a signal'}`;
}
