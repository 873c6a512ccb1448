import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { waitFor } from './support/wait.js';

const SCRIPT = fileURLToPath(new URL('../etc/init.d/pulse', import.meta.url));
const FAKE = fileURLToPath(new URL('support/fake-pulse.sh', import.meta.url));
const FAKE_LVSCTL = fileURLToPath(new URL('support/fake-lvsctl.sh', import.meta.url));
const LIBRARY = "success() { printf '<success>'; }\nfailure() { printf '<failure>'; }\n";

let directory = '';
/** Every pid that a fake pulse had, so that none is left behind. */
let pids = new Set<number>();
let other: ChildProcess | undefined;

const at = (name: string) => join(directory, name);
const events = () => (existsSync(at('events')) ? readFileSync(at('events'), 'utf8').trim().split('\n') : []);

function configure(lines: Readonly<Record<string, string>> = {}): void {
  const settings = {
    PULSE: at('pulse'),
    LVSCF: at('lvs.cf'),
    PIDFILE: at('pulse.pid'),
    LOCKFILE: at('subsys/pulse'),
    ...lines,
  };
  const text = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(at('sysconfig'), text.join(''));
}

function currentPid(): number {
  return Number(readFileSync(at('pulse.pid'), 'utf8'));
}

function alive(pid: number): boolean {
  // A killed orphan stays in the table until its new parent asks for it; its command line is empty by then.
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) && readFileSync(file, 'utf8') !== '';
}

async function kill(pid: number): Promise<void> {
  if (alive(pid)) process.kill(pid, 'SIGKILL');
  await waitFor(`the end of ${pid}`, () => !alive(pid));
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'init-'));
  pids = new Set();
  copyFileSync(FAKE, at('pulse'));
  copyFileSync(FAKE_LVSCTL, at('lvsctl'));
  writeFileSync(at('lvs.cf'), '');
  configure();
});

afterEach(async () => {
  other?.kill('SIGKILL');
  other = undefined;
  for (const pid of pids) await kill(pid);
  rmSync(directory, { recursive: true });
});

const variants = ['sh', 'bash'].flatMap((shell) => [
  { shell, library: false },
  { shell, library: true },
]);

describe.each(variants)('init script under $shell, functions library: $library', (variant) => {
  function run(...args: string[]) {
    if (variant.library) writeFileSync(at('functions'), LIBRARY);
    const { status, stdout, stderr } = spawnSync(variant.shell, [SCRIPT, ...args], {
      encoding: 'utf8',
      timeout: 60_000,
      env: {
        PATH: process.env.PATH,
        PULSE_SYSCONFIG: at('sysconfig'),
        INITFUNCTIONS: at('functions'),
        FAKE_DIRECTORY: directory,
      },
    });
    if (existsSync(at('pulse.pid')) && args[0] !== 'status' && other === undefined) {
      const pid = currentPid();
      if (alive(pid)) pids.add(pid);
    }
    return { status, stdout, stderr };
  }
  const statusOf = (...args: string[]) => run(...args).status;
  const good = variant.library ? '<success>' : '[  OK  ]';
  const bad = variant.library ? '<failure>' : '[FAILED]';

  test('start, status, stop, each twice', () => {
    configure({ OPTIONS: '--verbose --director kernel', START_DELAY: '0' });
    expect(statusOf('status')).toBe(3);
    expect(run('start')).toMatchObject({ status: 0, stdout: expect.stringContaining(good) });
    expect(existsSync(at('subsys/pulse'))).toBe(true);
    expect(statusOf('start')).toBe(0);
    expect(events()).toEqual(['start --director kernel --verbose --director kernel']);
    expect(run('status')).toMatchObject({ status: 0, stdout: expect.stringContaining(`${currentPid()}`) });
    const pid = currentPid();
    expect(statusOf('stop')).toBe(0);
    expect(alive(pid)).toBe(false);
    expect(existsSync(at('subsys/pulse'))).toBe(false);
    expect(statusOf('stop')).toBe(0);
    expect(statusOf('status')).toBe(3);
  });

  test('restart, condrestart and try-restart', () => {
    expect([statusOf('condrestart'), statusOf('try-restart')]).toEqual([0, 0]);
    expect(events()).toEqual([]);
    for (const action of ['restart', 'condrestart', 'try-restart', 'restart']) {
      expect(run(action)).toMatchObject({ status: 0, stdout: expect.stringContaining(good) });
    }
    const replaced = ['reload', 'start --replace --director kernel', 'restart pulse lvsd'];
    expect(events().map((line) => line.replace(/^lvsctl | --run-dir .*$/g, ''))).toEqual([
      'start --director kernel',
      ...replaced,
      ...replaced,
      ...replaced,
    ]);
    expect(events()[1]).toBe(`lvsctl reload --run-dir ${directory}`);
    expect(pids.size).toBe(4);
    expect(statusOf('status')).toBe(0);
  });

  test('a restart that cannot be leaves what runs: a broken lvs.cf, a refused reload, no lvsctl', () => {
    run('start');
    const pid = currentPid();
    writeFileSync(at('bad'), '');
    expect(run('restart')).toMatchObject({ status: 1, stdout: expect.stringContaining(bad) });
    rmSync(at('bad'));
    writeFileSync(at('reload.status'), '1');
    expect(run('condrestart')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('nothing was changed'),
    });
    rmSync(at('reload.status'));
    configure({ LVSCTL: at('nothing') });
    expect(run('try-restart')).toMatchObject({ status: 5, stderr: expect.stringContaining('nothing') });
    expect([currentPid(), alive(pid)]).toEqual([pid, true]);
    expect(events().filter((line) => !line.startsWith('lvsctl reload'))).toEqual(['start --director kernel']);
  });

  test('a restart whose replacement fails says so; of what does not answer it is a stop and a start', () => {
    run('start');
    writeFileSync(at('restart.status'), '1');
    expect(run('restart')).toMatchObject({ status: 1, stdout: expect.stringContaining(bad) });
    expect(statusOf('status')).toBe(0);
    writeFileSync(at('reload.status'), '3');
    expect(run('restart')).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('does not answer'),
    });
    expect(events().slice(-2)).toEqual(['TERM', 'start --director kernel']);
  });

  test('reload and force-reload send HUP, or give 7', async () => {
    expect([statusOf('reload'), statusOf('force-reload')]).toEqual([7, 7]);
    run('start');
    expect(statusOf('reload')).toBe(0);
    await waitFor('one HUP', () => events().filter((line) => line === 'HUP').length === 1);
    expect(statusOf('force-reload')).toBe(0);
    await waitFor('two HUPs', () => events().filter((line) => line === 'HUP').length === 2);
  });

  test('no program 5, no lvs.cf 6, failed start 1, unknown action 2', () => {
    configure({ PULSE: at('nothing') });
    expect(run('start')).toMatchObject({ status: 5, stdout: expect.stringContaining(bad) });
    configure({ LVSCF: at('nothing') });
    expect(run('start')).toMatchObject({ status: 6, stderr: expect.stringContaining('nothing') });
    configure();
    writeFileSync(at('fail'), '');
    expect(statusOf('start')).toBe(1);
    expect(existsSync(at('subsys/pulse'))).toBe(false);
    for (const args of [['dance'], []]) {
      expect(run(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining('Usage') });
    }
    expect(events()).toEqual([]);
  });

  test.each(['--director userspace', '-v --director=memory', '--director', '--director kernel --director x'])(
    'refuses OPTIONS %s and a restart leaves what runs',
    (options) => {
      run('start');
      const pid = currentPid();
      configure({ OPTIONS: options });
      for (const action of ['start', 'restart', 'condrestart']) {
        expect(run(action)).toMatchObject({
          status: 6,
          stderr: expect.stringContaining('kernel director only'),
        });
      }
      expect(alive(pid)).toBe(true);
      expect(statusOf('stop')).toBe(0);
    },
  );

  test('a dead pulse: status 1 by its pid file, 2 by its lock file; start replaces it', async () => {
    run('start');
    await kill(currentPid());
    expect(statusOf('status')).toBe(1);
    expect(statusOf('reload')).toBe(7);
    rmSync(at('pulse.pid'));
    expect(statusOf('status')).toBe(2);
    expect(statusOf('start')).toBe(0);
    expect(statusOf('status')).toBe(0);
  });

  test('a pid file with nonsense is a stale one', () => {
    for (const text of ['', '0\n', '-1\n', '1 2\n', 'x\n']) {
      writeFileSync(at('pulse.pid'), text);
      expect([statusOf('status'), statusOf('reload')]).toEqual([1, 7]);
    }
  });

  test('a pid that another program has now is left alone', async () => {
    other = spawn('sleep', ['60']);
    const pid = other.pid ?? 0;
    await waitFor('sleep', () => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep'));
    writeFileSync(at('pulse.pid'), `${pid}\n`);
    expect([statusOf('status'), statusOf('reload'), statusOf('stop')]).toEqual([1, 7, 0]);
    expect(alive(pid)).toBe(true);
    expect(existsSync(at('pulse.pid'))).toBe(false);
  });

  test('stop gives up after STOP_LIMIT', () => {
    configure({ STOP_LIMIT: '1' });
    run('start');
    writeFileSync(at('deaf'), '');
    expect(run('stop')).toMatchObject({ status: 1, stdout: expect.stringContaining(bad) });
    expect(alive(currentPid())).toBe(true);
  });
});
