import { type ChildProcess, spawn } from 'node:child_process';
import { signalProcess } from '@piranha/common';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const OUTPUT_LIMIT_BYTES = 4_096;
const MOST_LINES = 10;
const LINE_LIMIT = 300;
/** A child that the command left behind may hold its output open; it is not waited for longer. */
const OUTPUT_GRACE_MS = 200;

export interface OperatorCommand {
  /** As written in lvs.cf; split at blanks, no shell. */
  readonly command: string;
  /** Beside PATH and LC_ALL. */
  readonly environment: Readonly<Record<string, string>>;
  /** After which its process group is killed. */
  readonly limitMs: number;
}

/** How a command ended; `problem` is undefined for exit status 0. */
interface CommandEnding {
  readonly outcome: string;
  readonly problem?: string;
  /** The first lines of its output. */
  readonly lines: readonly string[];
}

export interface RunningCommand {
  /** The first word. */
  readonly program: string;
  readonly isStarted: boolean;
  /** Never rejects. */
  readonly ended: Promise<CommandEnding>;
  /** Kills its process group. */
  kill(): void;
}

/** Starts a command of the operator's as the original did: words split at blanks, no shell, in an environment of ours. */
export function startOperatorCommand(options: OperatorCommand): RunningCommand | undefined {
  const [program, ...args] = options.command.split(/[ \t]+/).filter((word) => word !== '');
  if (program === undefined) return undefined;
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, LC_ALL: 'C', ...options.environment },
  });
  const output = collect(child);
  const ended = ending(child, options.limitMs).then(async (result) => ({
    ...result,
    lines: linesOf(await output),
  }));
  return { program, isStarted: child.pid !== undefined, ended, kill: () => killGroup(child) };
}

function linesOf(output: string): readonly string[] {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(0, MOST_LINES).map((line) => line.slice(0, LINE_LIMIT));
}

/** Its whole process group: detached made it the leader. */
function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) signalProcess(-pid, 'SIGKILL');
}

function ending(child: ChildProcess, limitMs: number): Promise<Omit<CommandEnding, 'lines'>> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      killGroup(child);
      resolve({ outcome: 'killed', problem: `it ran longer than ${limitMs} ms and was killed` });
    }, limitMs);
    timer.unref();
    const settle = (result: Omit<CommandEnding, 'lines'>): void => {
      clearTimeout(timer);
      resolve(result);
    };
    child.once('error', (error) => settle({ outcome: 'not run', problem: error.message }));
    child.once('exit', (code, signal) => {
      if (code === 0) settle({ outcome: 'exit status 0' });
      else settle({ outcome: 'failed', problem: code === null ? `signal ${signal}` : `exit status ${code}` });
    });
  });
}

/** The beginning of what the command prints; resolves a moment after its end, whoever still holds the pipes. */
function collect(child: ChildProcess): Promise<string> {
  const chunks: Buffer[] = [];
  let left = OUTPUT_LIMIT_BYTES;
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  for (const stream of streams) {
    stream.on('data', (chunk: Buffer) => {
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (part.length > 0) chunks.push(part);
    });
    stream.on('error', () => {});
  }
  return new Promise((resolve) => {
    const done = (): void => {
      for (const stream of streams) stream.destroy();
      resolve(Buffer.concat(chunks).toString('utf8'));
    };
    child.once('close', done);
    child.once('error', done);
    child.once('exit', () => setTimeout(done, OUTPUT_GRACE_MS).unref());
  });
}
