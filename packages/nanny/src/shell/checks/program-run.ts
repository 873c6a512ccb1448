import { type ChildProcess, spawn } from 'node:child_process';
import type { CancelSignal } from '../../check.js';
import { limitStep } from '../step-limit.js';

/** As much of the output is looked at, as the original did. */
const OUTPUT_LIMIT_BYTES = 4_095;
/** A child that the program left behind may hold stdout open; it is not waited for longer, ms. */
const OUTPUT_GRACE_MS = 200;

/** How a program ended. */
export type ProgramEnding =
  | { readonly type: 'exit'; readonly code: number | null; readonly signal: string | null }
  | { readonly type: 'error'; readonly error: NodeJS.ErrnoException };

/** Runs one check program in a process group of its own and collects the beginning of its output. */
export class ProgramRun {
  private readonly chunks: Buffer[] = [];
  private outputBytes = 0;
  private outputEnded = false;
  private exited = false;
  /** Undefined where Node did not even try. */
  private readonly child: ChildProcess | undefined;
  private error: Error | undefined;
  private onError = (): void => {};

  constructor(words: readonly string[]) {
    const [file = '', ...args] = words;
    try {
      // Detached makes it the leader of a group, so that its children can be killed with it.
      this.child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    } catch (error) {
      this.error = error as Error;
      return;
    }
    this.child.on('error', (error) => {
      this.error ??= error;
      this.onError();
    });
    // A child for which no pipe was left has no stdout at all.
    this.child.stdout?.on('data', (chunk: Buffer) => this.collect(chunk));
    this.child.stdout?.on('error', () => {});
  }

  /** Waits for its end, at most `limitMs`. */
  async ending(limitMs: number, signal: CancelSignal): Promise<ProgramEnding | 'timed out' | 'cancelled'> {
    const ending = await limitStep<ProgramEnding>(limitMs, signal, (settle) => {
      this.onError = () => settle({ type: 'error', error: this.error as NodeJS.ErrnoException });
      if (this.error) return this.onError();
      this.child?.once('exit', (code, name) => {
        this.exited = true;
        settle({ type: 'exit', code, signal: name });
      });
    });
    const stdout = this.child?.stdout;
    if (ending !== 'timed out' && ending !== 'cancelled' && ending.type === 'exit' && stdout) {
      await limitStep<void>(OUTPUT_GRACE_MS, signal, (settle) => {
        const onClose = () => {
          this.outputEnded = true;
          settle();
        };
        if (stdout.readableEnded || stdout.closed) onClose();
        else stdout.once('close', onClose);
      });
    }
    return ending;
  }

  /** The output without one newline at its end. */
  output(): string {
    return Buffer.concat(this.chunks).toString('utf8').replace(/\n$/, '');
  }

  /** Kills what is left of the process group and lets go of the pipe. */
  end(): void {
    const pid = this.child?.pid;
    // With its leader gone and the pipe closed nothing of the group is known to live, and the id may be somebody else's.
    if (pid !== undefined && !(this.exited && this.outputEnded)) killGroup(pid);
    this.child?.stdout?.destroy();
  }

  private collect(chunk: Buffer): void {
    const part = chunk.subarray(0, OUTPUT_LIMIT_BYTES - this.outputBytes);
    if (part.length === 0) return;
    this.chunks.push(part);
    this.outputBytes += part.length;
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
