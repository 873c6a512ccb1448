import { type ChildProcess, spawn } from 'node:child_process';
import { errorText, signalProcess } from '@piranha/common';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const OUTPUT_LIMIT_BYTES = 4_096;
const MOST_LINES = 10;
const LINE_LIMIT = 300;
/** A child that the program left behind may hold its output open; it is not waited for longer. */
const OUTPUT_GRACE_MS = 200;

export interface ProgramOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Beside PATH and LC_ALL; nothing of the daemon's own environment is handed on. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ids to run it under; groups of ours are given up. */
  readonly identity?: { readonly uid: number; readonly gid: number };
}

/** How a program ended; a problem is said in one line. */
interface ProgramEnding {
  readonly problem?: string;
  /** The first lines of what it printed. */
  readonly lines: readonly string[];
}

export interface RunningProgram {
  /** Undefined where it could not be started. */
  readonly pid: number | undefined;
  /** Sends a signal to its process group. */
  signal(signal: NodeJS.Signals): void;
  /** The process has ended; its output was read as far as it came. Never rejects. */
  readonly ended: Promise<ProgramEnding>;
}

/** Starts a program of the configuration: words, no shell, a process group of its own, a clean environment. */
export function startProgram({ program, args, environment, identity }: ProgramOptions): RunningProgram {
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH, LC_ALL: 'C', ...environment },
      ...identity,
    });
  } catch (error) {
    // Node reports some failures, such as that of setuid, at once.
    const ended = Promise.resolve({ problem: errorText(error), lines: [] });
    return { pid: undefined, signal: () => undefined, ended };
  }
  const { pid } = child;
  const output = collect(child);
  return {
    pid,
    signal: (signal) => {
      if (pid !== undefined) signalProcess(-pid, signal);
    },
    ended: ending(child).then(async (problem) => ({
      ...(problem === undefined ? {} : { problem }),
      lines: firstLines(await output),
    })),
  };
}

function firstLines(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(0, MOST_LINES).map((line) => line.slice(0, LINE_LIMIT));
}

function ending(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(code === null ? `signal ${signal}` : `exit status ${code}`);
    });
  });
}

/** The beginning of what the program prints; resolves a moment after its end, whoever still holds the pipes. */
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
