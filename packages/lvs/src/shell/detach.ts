import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { patient, UserError } from '@piranha/common';
import { ControlClient } from '@piranha/protocol';

/** A daemon that has not opened its socket by then is taken for broken, ms. */
const START_LIMIT_MS = patient(15_000);
/** The last of what it says on stderr is passed on, characters. */
const WORDS_LIMIT = 4_000;

/**
 * Starts this program again in a session of its own, with `--nofork`, and waits until its socket answers.
 * @throws UserError `LVSD_NOT_STARTED` when it ends or stays silent
 */
export async function startDetached(args: readonly string[], socketPath: string): Promise<void> {
  const script = process.argv[1] ?? '';
  const child = spawn(process.execPath, [script, ...args, '--nofork'], {
    argv0: 'lvsd',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let ended: string | undefined;
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-WORDS_LIMIT);
  });
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (status, signal) => {
    ended = signal ?? `status ${status}`;
  });
  const limit = AbortSignal.timeout(START_LIMIT_MS);
  while (ended === undefined && !limit.aborted) {
    if (await answers(socketPath, child.pid)) {
      child.stderr.destroy();
      child.unref();
      return;
    }
    await wait(50);
  }
  process.stderr.write(words);
  throw new UserError(`lvsd: did not start: ${ended ?? 'its socket does not answer'}`, {
    code: 'LVSD_NOT_STARTED',
    hint: 'lvsd -n shows in the foreground why',
  });
}

/** True when the process that answers on the socket is the one that was started. */
async function answers(socketPath: string, pid: number | undefined): Promise<boolean> {
  try {
    const client = await ControlClient.connect({ path: socketPath });
    const status = await client.call('status', {}, 2_000);
    client.close();
    return typeof status === 'object' && status !== null && 'pid' in status && status.pid === pid;
  } catch {
    return false;
  }
}
