import { execa } from 'execa';
import { type Check, type CheckOutcome, failed, passed, serverName } from '../../check.js';
import type { PlanOf } from '../../core/check-plan.js';
import { limitStep } from '../step-limit.js';

/** As much of the output is looked at, as the original did. */
const OUTPUT_LIMIT_BYTES = 4_095;
/** A child that the program left behind may hold stdout open; it is not waited for longer, ms. */
const OUTPUT_GRACE_MS = 200;

type Ending =
  | { readonly type: 'exit'; readonly code: number | null; readonly signal: string | null }
  | { readonly type: 'error'; readonly error: NodeJS.ErrnoException };

/** Runs one check program in a process group of its own and collects the beginning of its output. */
class ProgramRun {
  private readonly chunks: Buffer[] = [];
  private outputBytes = 0;
  private outputEnded = false;
  private exited = false;
  private readonly child;

  constructor(words: readonly string[]) {
    const [file = '', ...args] = words;
    // Detached makes it the leader of a group, so that its children can be killed with it.
    this.child = execa(file, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      buffer: false,
      reject: false,
      detached: true,
    });
    // What it tells is taken from the events below: it also waits for a stdout that somebody else holds open.
    this.child.catch(() => {});
    this.child.stdout.on('data', (chunk: Buffer) => this.collect(chunk));
    this.child.stdout.on('error', () => {});
  }

  async ending(limitMs: number, signal: AbortSignal): Promise<Ending | 'timed out' | 'cancelled'> {
    const ending = await limitStep<Ending>(limitMs, signal, (settle) => {
      this.child.once('exit', (code, name) => {
        this.exited = true;
        settle({ type: 'exit', code, signal: name });
      });
      this.child.once('error', (error) => settle({ type: 'error', error }));
    });
    if (ending !== 'timed out' && ending !== 'cancelled' && ending.type === 'exit') {
      const { stdout } = this.child;
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
    const { pid, stdout } = this.child;
    // With its leader gone and the pipe closed nothing of the group is known to live, and the id may be somebody else's.
    if (pid !== undefined && !(this.exited && this.outputEnded)) killGroup(pid);
    stdout.destroy();
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

/**
 * Runs the operator's program. Its output must be exactly the expected text; without one, exit status 0 decides.
 * Another exit status, or no end within the limit, is a failure.
 */
export function programCheck(plan: PlanOf<'program'>): Check {
  return {
    run: async ({ signal }) => {
      const run = new ProgramRun(plan.words);
      try {
        return judge(plan, await run.ending(plan.stepLimitMs, signal), run.output());
      } finally {
        run.end();
      }
    },
  };
}

function judge(
  plan: PlanOf<'program'>,
  ending: Ending | 'timed out' | 'cancelled',
  output: string,
): CheckOutcome {
  const server = serverName(plan.target);
  // Only the program's name: its arguments may hold a password.
  const program = plan.words[0] ?? '';
  if (ending === 'cancelled') return { ok: false, reason: ending };
  if (ending === 'timed out') return failed('NANNY_PROGRAM_TIMED_OUT', { program, server });
  if (ending.type === 'error') {
    const error = ending.error.code ?? ending.error.message;
    return failed('NANNY_PROGRAM_NOT_RUN', { program, error, server });
  }
  if (ending.code !== 0) {
    return failed('NANNY_PROGRAM_FAILED', { program, server, status: ending.code ?? ending.signal ?? '' });
  }
  if (plan.expect === undefined) return passed('program exited with status 0');
  if (output === plan.expect) return passed('program printed the expected text');
  if (output === '') return failed('NANNY_PROGRAM_SILENT', { server });
  return failed('NANNY_ANSWER_UNEXPECTED', { server });
}
