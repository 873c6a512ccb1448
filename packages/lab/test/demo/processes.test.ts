import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NANNY_ENVIRONMENT } from '@piranha/protocol';
import { expect, it } from 'vitest';
import { endAllOf, markedEnvironment, processesOf } from '../../src/demo/processes.js';

it('finds the processes that were started for a directory, and nobody who only works in it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'demo-processes-'));
  const start = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', ...args], { stdio: 'ignore', env });
  const ours = start(markedEnvironment(join(directory, 'a')));
  const nanny = start({ [NANNY_ENVIRONMENT.socket]: join(directory, 'a', 'lvsd.sock') });
  const sibling = start(markedEnvironment(`${directory}-other`));
  const reader = start({ ...process.env, PWD: `${directory}/a` }, `${directory}/a/pulse.log`);
  try {
    await Promise.all([ours, nanny, sibling, reader].map((child) => once(child, 'spawn')));
    const found = processesOf(directory);
    expect(new Set(found)).toEqual(new Set([ours.pid, nanny.pid]));
    const ended = Promise.all([ours, nanny].map((child) => once(child, 'exit')));
    await endAllOf(directory);
    expect(await ended).toEqual([
      [null, 'SIGKILL'],
      [null, 'SIGKILL'],
    ]);
    expect(processesOf(directory)).toEqual([]);
    expect([sibling.exitCode, reader.exitCode, sibling.signalCode, reader.signalCode]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  } finally {
    for (const child of [ours, nanny, sibling, reader]) child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
});
