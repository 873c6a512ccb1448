import { spawnSync } from 'node:child_process';
import { failure } from './failure.js';

const ANSWER_LIMIT_MS = 30_000;
const CONNECT_LIMIT_SECONDS = 10;
const SIZE_LIMIT_BYTES = 4 * 1024 * 1024;
const SHOWN = 300;

/** A file of another machine. */
export interface FarFile {
  readonly host: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads a file by ssh from the first of the hosts that gives it; never asks for a password. At most 30 s and 4 MiB for
 * each host.
 * @throws UserError `REALSERVER_DIRECTOR` with what each of them said
 */
export function readFarFile(hosts: readonly string[], path: string): FarFile {
  const reasons: string[] = [];
  for (const host of hosts) {
    const result = spawnSync('ssh', sshWords(host, path), {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: ANSWER_LIMIT_MS,
      maxBuffer: SIZE_LIMIT_BYTES,
    });
    const isWell = result.error === undefined && result.status === 0;
    if (isWell && result.stdout.length > 0) return { host, bytes: result.stdout };
    reasons.push(`${host}: ${isWell ? `${path} is empty` : reasonOf(result)}`);
  }
  const hint = `try: ssh -o BatchMode=yes ${hosts[0] ?? ''} cat ${path}; or copy the file here and use --lvs-cf`;
  throw failure('REALSERVER_DIRECTOR', `no lvs.cf from a director\n${reasons.join('\n')}`, hint);
}

function sshWords(host: string, path: string): readonly string[] {
  const options = ['BatchMode=yes', `ConnectTimeout=${CONNECT_LIMIT_SECONDS}`];
  return [...options.flatMap((option) => ['-o', option]), '--', host, 'cat', path];
}

function reasonOf({ error, stderr, status, signal }: ReturnType<typeof spawnSync>): string {
  const said = (stderr ?? '').toString().trim().slice(0, SHOWN);
  return error?.message ?? (said === '' ? `ssh ended with ${status ?? signal}` : said);
}
