import { spawn } from 'node:child_process';

const ANSWER_LIMIT_MS = 30_000;
const CONNECT_LIMIT_SECONDS = 10;
const SIZE_LIMIT_BYTES = 4 * 1024 * 1024;
const SHOWN = 300;
/** What ssh leaves behind, such as the master of a shared connection, may hold its output open for hours. */
const OUTPUT_GRACE_MS = 500;

/** What a command on another machine printed, or why there is nothing. */
export type FarAnswer = { readonly bytes: Buffer } | { readonly problem: string };

/**
 * Runs a command on another machine by ssh, which never asks for a password: at most 30 s and 4 MiB. Host and words must
 * have been checked (`isFarHost`, `isFarPath`): a shell reads the words there.
 */
export function runFar(host: string, words: readonly string[]): Promise<FarAnswer> {
  const options = ['BatchMode=yes', `ConnectTimeout=${CONNECT_LIMIT_SECONDS}`];
  const args = [...options.flatMap((option) => ['-o', option]), '--', host, ...words];
  return new Promise((resolve) => {
    const child = spawn('ssh', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: ANSWER_LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > SIZE_LIMIT_BYTES) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < SHOWN) said += chunk.toString();
    });
    child.once('error', (error) => resolve({ problem: error.message }));
    child.once('exit', (code, signal) => {
      const finish = (): void => {
        child.stdout.destroy();
        child.stderr.destroy();
        if (size > SIZE_LIMIT_BYTES) resolve({ problem: 'it said more than 4 MiB' });
        else if (code === 0) resolve({ bytes: Buffer.concat(chunks) });
        else resolve({ problem: said.trim().slice(0, SHOWN) || `ssh ended with ${code ?? signal}` });
      };
      const timer = setTimeout(finish, OUTPUT_GRACE_MS);
      child.once('close', () => {
        clearTimeout(timer);
        finish();
      });
    });
  });
}
