import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { NANNY_ENVIRONMENT } from '@piranha/protocol';
import { afterEach, expect, it } from 'vitest';
import { endOrphanNannies } from '../../src/shell/orphan-nannies.js';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that looks like a nanny of the lvsd at a socket, once it runs. */
async function start(socketPath: string, name = 'nanny'): Promise<ChildProcess> {
  const script = 'setInterval(() => undefined, 60_000); console.log("ready")';
  const child = spawn(process.execPath, ['-e', script], {
    argv0: name,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, [NANNY_ENVIRONMENT.socket]: socketPath },
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

it('ends nannies of its own socket, frozen ones too, and nothing else', async () => {
  const socketPath = `/tmp/orphans-${process.pid}/lvsd.sock`;
  const frozen = await start(socketPath);
  const elsewhere = await start(`${socketPath}.other`);
  const program = await start(socketPath, 'check');
  frozen.kill('SIGSTOP');
  const ended = once(frozen, 'exit');
  expect(endOrphanNannies(socketPath)).toEqual([frozen.pid]);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect([elsewhere, program].map(({ exitCode, signalCode }) => [exitCode, signalCode])).toEqual([
    [null, null],
    [null, null],
  ]);
});
