import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endFrozen, freeze, livingProcess, thaw } from '../../src/shell/freeze.js';
import { processesHere, processOf } from '../../src/shell/processes.js';

describe('freezing a product', () => {
  let directory: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'freeze-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  /** Only what this test has started: no test may stop anything else. */
  const started = () => processesHere().filter(({ program }) => program?.startsWith(directory));

  /** A program of that name which does nothing for a while. */
  async function start(name: string): Promise<number> {
    const program = join(directory, name);
    copyFileSync('/bin/sleep', program);
    chmodSync(program, 0o755);
    const child = spawn(program, ['60'], { stdio: 'ignore' });
    children.push(child);
    await new Promise((resolve) => child.once('spawn', resolve));
    return child.pid ?? 0;
  }

  it('stops every process of it and no other, lets them go on, and ends them', async () => {
    const pids = [await start('nanny'), await start('lvsd')];
    const other = await start('other');
    const frozen = await freeze('piranha', started);
    const ours = frozen.processes;
    expect(ours.map(({ pid }) => pid).sort()).toEqual([...pids].sort());
    expect(ours.every(({ isStopped }) => isStopped)).toBe(true);
    expect(processOf(other)?.isStopped).toBe(false);
    thaw(ours);
    expect(pids.map((pid) => processOf(pid)?.isStopped)).toEqual([false, false]);
    endFrozen(ours);
    await Promise.all(
      children.slice(0, 2).map((child) => child.exitCode ?? new Promise((done) => child.once('exit', done))),
    );
    expect(ours.map(livingProcess)).toEqual([undefined, undefined]);
  });

  it('does not take a pid that is used again for the process', async () => {
    const pid = await start('nanny');
    const found = processesHere().find((one) => one.pid === pid);
    expect(found?.program).toBe(join(directory, 'nanny'));
    expect(livingProcess({ pid, startTicks: (found?.startTicks ?? 0) + 1 })).toBeUndefined();
  });
});
