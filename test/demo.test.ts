import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { endAllOf, processesOf } from '../packages/lab/src/demo/processes.js';

const DEMO = fileURLToPath(new URL('../packages/lab/dist/demo/main.js', import.meta.url));
const DIRECTORY = join(tmpdir(), `piranha-demo-${process.getuid?.() ?? 0}`);

afterEach(() => endAllOf(DIRECTORY));

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

function start(...args: string[]): Run {
  const child = spawn(process.execPath, [DEMO, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, output: () => text, exit };
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; !(await condition()); waitedMs += 50) {
    if (waitedMs > 30_000) throw new Error(`gave up waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

describe('the demo', () => {
  it('runs the failover scenario unattended and every invariant holds', async () => {
    const run = start('--scenario', 'failover');
    const code = await run.exit;
    const last = run.output().trimEnd().split('\n').at(-1) ?? '';
    const report = JSON.parse(last) as Record<string, unknown>;
    console.info(last);
    expect(report).toMatchObject({ ok: true, failed: 0, handoverFailed: 0 });
    for (const name of [
      'requests',
      'cut',
      'serverRemovedMs',
      'failoverGapMs',
      'handoverGapMs',
      'handoverRetried',
    ]) {
      expect(report[name]).toBeTypeOf('number');
    }
    expect(report.requests).toBeGreaterThan(500);
    expect(code).toBe(0);
    expect(processesOf(DIRECTORY)).toEqual([]);
  });

  it('logs plainly without a terminal, prints the lvs.cf and ends by itself with nothing left', async () => {
    const run = start('--seconds', '10');
    await until('the VIP to answer', () => answers('127.0.0.100', 8080));
    expect(await run.exit).toBe(0);
    expect(run.output()).toMatch(/^demo: lvs\.cf is \/.*demo\.cf$/m);
    expect(run.output()).toContain('serving http://127.0.0.100:8080/');
    expect(run.output()).toContain('STARTING PULSE AS MASTER');
    expect(processesOf(DIRECTORY)).toEqual([]);
    expect(existsSync(DIRECTORY)).toBe(false);
  });

  it('refuses to run twice, and leaves the first one alone', async () => {
    const first = start();
    await until('the VIP to answer', () => answers('127.0.0.100', 8080));
    const second = start();
    expect(await second.exit).toBe(1);
    expect(second.output()).toContain('the demo is running already [DEMO_RUNNING]');
    expect(await answers('127.0.0.100', 8080)).toBe(true);
    first.child.kill('SIGTERM');
    expect(await first.exit).toBe(0);
  });

  it('needs no cleaning up after it was killed', async () => {
    const first = start();
    await until('the VIP to answer', () => answers('127.0.0.100', 8080));
    first.child.kill('SIGKILL');
    await first.exit;
    const second = start();
    await until('the second demo to serve', () => second.output().includes('[PULSE_ACTIVE]'));
    second.child.kill('SIGINT');
    expect(await second.exit).toBe(0);
    expect(processesOf(DIRECTORY)).toEqual([]);
  });

  it.each([
    [['--wrong'], '--wrong'],
    [['--scenario', 'other'], '--scenario other'],
    [['--seconds', 'x'], '--seconds x'],
  ])('refuses %j in one clear line with exit code 2', async (args, word) => {
    const run = start(...args);
    expect(await run.exit).toBe(2);
    expect(run.output().split('\n')[0]).toContain(`demo: bad argument ${word}`);
  });
});
