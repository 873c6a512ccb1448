import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';
import { markedEnvironment, signal } from './support/processes.js';
import { SuiteCopy } from './support/suite-copy.js';
import { UnnoticedPair } from './support/unnoticed.js';

const SCRIPT = fileURLToPath(new URL('../etc/init.d/pulse', import.meta.url));

let directory: string;
let suite: SuiteCopy;
let pair: Pair;
let watched: UnnoticedPair;
let active: Director;

const at = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-service-'));
  writeFileSync(at('beat.keys'), `${newBeatKeyLine(1)}\n`, { mode: 0o600 });
  suite = new SuiteCopy();
  const changes = {
    weights: [1, 1, 0],
    deadtimeSeconds: 2,
    lines: () => [`heartbeat_key = ${at('beat.keys')}`, 'nanny_processes = 0'],
  };
  pair = new Pair(changes, (name) => suite.programPath(name));
  watched = await UnnoticedPair.start(pair);
  ({ active } = watched);
  install();
});
afterEach(() => watched?.end());
afterAll(async () => {
  await pair?.stop();
  suite?.remove();
  rmSync(directory, { recursive: true, force: true });
});

/** A program as the script finds it. The script starts pulse on the kernel's director, which no test without root has. */
function program(name: 'pulse' | 'lvsctl', more = ''): void {
  const run = `exec '${process.execPath}' '${suite.programPath(name)}' "$@"${more}`;
  writeFileSync(at(name), `#!/bin/sh\n${run}\n`);
  chmodSync(at(name), 0o755);
}

function install(): void {
  program('pulse', ' --director userspace');
  program('lvsctl');
  const { files, role } = active;
  const options = `-c ${pair.configFile} --node ${role} --run-dir ${files.directory} --log-dir ${directory}`;
  const settings = {
    OPTIONS: options,
    PULSE: at('pulse'),
    LVSCF: pair.configFile,
    PIDFILE: files.guardianPid,
    LOCKFILE: at('subsys/pulse'),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(at('sysconfig'), lines.join(''));
}

/** `service pulse ACTION` on the active director; its exit status and what it says. */
async function service(action: string): Promise<{ readonly status: number; readonly text: string }> {
  const child = spawn('sh', [SCRIPT, action], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...markedEnvironment(active.files.directory),
      PULSE_SYSCONFIG: at('sysconfig'),
      INITFUNCTIONS: at('none'),
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const [status] = await once(child, 'close');
  if (status !== 0 && existsSync(at('pulse.log'))) console.info(readFileSync(at('pulse.log'), 'utf8'));
  return { status, text };
}

/** Pids of the guardian, of pulse and of lvsd. */
async function pids(): Promise<readonly number[]> {
  const { guardianPid, pulsePid, lvsdPid } = active.files;
  return [guardianPid, pulsePid, lvsdPid].map((file) => Number(readFileSync(file, 'utf8')));
}

/** What the partner made of this director since it started: a farewell would have made it move. */
async function partnerSaw(): Promise<readonly string[]> {
  return (await watched.standby.events()).filter((event) => /PARTNER|ACTIVE|CLAIM/.test(event));
}

describe('service pulse restart on the active director of a pair with a key and a shared nanny', () => {
  it('replaces every process by the new version with the new OPTIONS: no failover, nothing lost', async () => {
    const version = suite.upgrade();
    const [before, saw] = [await pids(), await partnerSaw()];
    const nanny = await watched.nannyPid(1);
    await watched.unnoticed(async () => {
      const { status, text } = await service('restart');
      expect(text).toMatch(/Restarting pulse: {2}\[ {2}OK {2}\]\n$/);
      expect(status).toBe(0);
    });
    expect(await watched.versions()).toEqual([version, version]);
    for (const [index, pid] of (await pids()).entries()) expect(pid).not.toBe(before[index]);
    expect(await watched.nannyPid(1)).not.toBe(nanny);
    for (const name of ['pulse.log', 'lvsd.log']) expect(existsSync(at(name)), name).toBe(true);
    expect(readFileSync(at('pulse.log'), 'utf8')).toContain('taking the place of guardian');
    expect(await partnerSaw()).toEqual(saw);
  });

  it('leaves everything as it is when lvs.cf is broken, and says where', async () => {
    const good = readFileSync(pair.configFile, 'utf8');
    const before = await pids();
    await watched.unnoticed(async () => {
      writeFileSync(pair.configFile, good.replace('scheduler = rr', 'scheduler = none-such'));
      const { status, text } = await service('restart');
      writeFileSync(pair.configFile, good);
      expect(text).toMatch(/none-such[\s\S]*nothing was changed[\s\S]*\[FAILED\]\n$/);
      expect(status).toBe(1);
    });
    expect(await pids()).toEqual(before);
  });
});

describe('the nanny that all servers of the active director share, under traffic', () => {
  async function another(name: NodeJS.Signals): Promise<void> {
    const pid = await watched.nannyPid(0);
    expect(await Promise.all([1, 2].map((server) => watched.nannyPid(server)))).toEqual([pid, pid]);
    await watched.unnoticed(async () => {
      signal(pid, name);
      await pair.waitFor('another nanny', async () => (await watched.nannyPid(0)) !== pid);
    });
  }

  it('is killed: what is down stays down, what is drained stays drained', () => another('SIGKILL'));
  it('is ended after an update, so that one of the new programs follows', async () => {
    suite.upgrade();
    await another('SIGTERM');
  });
});

describe('SIGKILL on the active director of a pair with a key, under traffic', () => {
  it.each([
    ['guardian', 0],
    ['pulse', 1],
    ['lvsd', 2],
  ] as const)('%s: another one, and nobody notices', async (_, index) => {
    const saw = await partnerSaw();
    await watched.unnoticed(async () => {
      const [before = 0] = (await pids()).slice(index);
      signal(before, 'SIGKILL');
      await pair.waitFor('another one', async () => (await pids())[index] !== before);
    });
    expect(await partnerSaw()).toEqual(saw);
  });
});

describe('after all of that', () => {
  it('a server that comes back is noticed', async () => {
    await pair.startServer(1);
    await pair.waitFor('the revived server', async () => {
      const health = (await active.lvsd()).services[0]?.servers.map((server) => server.health);
      return health?.join(' ') === 'up up up';
    });
  });
});
