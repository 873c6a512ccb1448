import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runFar } from '../src/far-machine.js';

describe('a command on another machine', () => {
  const path = process.env.PATH;
  let directory: string;

  /** An ssh that is this script. */
  const withSsh = (script: string): void => {
    writeFileSync(join(directory, 'ssh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'piranha-far-'));
    process.env.PATH = `${directory}:${path}`;
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(directory, { recursive: true, force: true });
  });

  it('gives what it printed, and is asked for no password', async () => {
    withSsh('printf "%s " "$@"');
    const answer = await runFar('root@far', ['cat', '/etc/x']);
    expect('bytes' in answer && answer.bytes.toString()).toBe(
      '-o BatchMode=yes -o ConnectTimeout=10 -- root@far cat /etc/x ',
    );
  });

  it('gives the words of ssh where it fails, not all of a long story', async () => {
    withSsh('printf "no way %0400d" 0 >&2; exit 255');
    const answer = await runFar('far', ['true']);
    expect(answer).toEqual({ problem: expect.stringMatching(/^no way 0+$/) });
    expect('problem' in answer && answer.problem).toHaveLength(300);
    withSsh('exit 3');
    expect(await runFar('far', ['true'])).toEqual({ problem: 'ssh ended with 3' });
  });

  it('gives nothing of an answer without end', async () => {
    withSsh('exec cat /dev/zero');
    expect(await runFar('far', ['cat', '/x'])).toEqual({ problem: 'it said more than 4 MiB' });
  });

  it('does not wait for what ssh leaves running', async () => {
    const left = join(directory, 'left');
    withSsh(`sleep 600 & echo $! >${left}; echo answer`);
    const answer = await runFar('far', ['true']);
    process.kill(Number(readFileSync(left, 'utf8')), 'SIGKILL');
    expect('bytes' in answer && answer.bytes.toString()).toBe('answer\n');
  });
});
