import { type ChildProcess, spawn } from 'node:child_process';
import { signalProcess } from '@piranha/common';
import type { EventLog } from '@piranha/events';

const LIMIT_MS = 60_000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const OUTPUT_LIMIT_BYTES = 4_096;
const MOST_LINES = 10;
const LINE_LIMIT = 300;
/** A child that the command left behind may hold its output open; it is not waited for longer. */
const OUTPUT_GRACE_MS = 200;

export interface StateCommand {
  /** `active_cmd` or `inactive_cmd` as written; split at blanks, no shell. */
  readonly command: string;
  /** The role that the node has now. */
  readonly role: 'active' | 'inactive';
  /** Why, such as `partner dead`. */
  readonly event: string;
  readonly log: Pick<EventLog, 'log'>;
  readonly limitMs?: number;
}

type Ending = { readonly outcome: string; readonly problem?: string };

/**
 * Starts the operator's command of a change of role, as the original did: words split at blanks, no shell, not waited
 * for. The role and its reason are in PIRANHA_ROLE and PIRANHA_EVENT. The first lines of its output and its end are
 * logged; past the limit its process group is killed. The promise is for tests; it never rejects.
 */
export async function runStateCommand(options: StateCommand): Promise<void> {
  const [program, ...args] = options.command.split(/[ \t]+/).filter((word) => word !== '');
  if (program === undefined) return;
  const { log, role, event } = options;
  const fields = { program, role };
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, LC_ALL: 'C', PIRANHA_ROLE: role, PIRANHA_EVENT: event },
  });
  const output = collect(child);
  if (child.pid !== undefined) log.log('PULSE_STATE_COMMAND_STARTED', { ...fields, reason: event });
  const { outcome, problem } = await ending(child, options.limitMs ?? LIMIT_MS);
  const lines = (await output).split('\n').filter((line) => line.trim() !== '');
  for (const line of lines.slice(0, MOST_LINES)) {
    log.log('PULSE_STATE_COMMAND_OUTPUT', { program, line: line.slice(0, LINE_LIMIT) });
  }
  if (problem === undefined) log.log('PULSE_STATE_COMMAND_ENDED', { ...fields, outcome });
  else log.log('PULSE_STATE_COMMAND_FAILED', { ...fields, problem });
}

function ending(child: ChildProcess, limitMs: number): Promise<Ending> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      // Its whole process group: detached made it the leader.
      if (child.pid !== undefined) signalProcess(-child.pid, 'SIGKILL');
      resolve({ outcome: 'killed', problem: `it ran longer than ${limitMs} ms and was killed` });
    }, limitMs);
    timer.unref();
    const settle = (result: Ending): void => {
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
