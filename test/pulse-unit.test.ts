import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const UNIT = fileURLToPath(new URL('../etc/systemd/pulse.service', import.meta.url));
const FAKE_LVSCTL = fileURLToPath(new URL('support/fake-lvsctl.sh', import.meta.url));
const SIGNALS = { stop: 'TERM', restart: 'USR2' } as const;

let directory: string;
const at = (name: string) => join(directory, name);
const events = () => (existsSync(at('events')) ? readFileSync(at('events'), 'utf8').trim().split('\n') : []);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pulse-unit-'));
  // Both are asked for nothing here but their exit status.
  for (const name of ['pulse', 'lvsctl']) copyFileSync(FAKE_LVSCTL, at(name));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The values of a word of the unit, its continued lines joined as systemd does. */
function values(word: string): readonly string[] {
  const text = readFileSync(UNIT, 'utf8').replace(/\\\n/g, ' ');
  return [...text.matchAll(new RegExp(`^${word}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

/** Runs the shell's text of each command of a word, as systemd would; the status of the first that fails. */
function run(word: string, environment: NodeJS.ProcessEnv = {}): number {
  for (const command of values(word)) {
    const [, ignored, quoted = ''] = /^(-?)\/bin\/sh -c '([^']*)'/.exec(command) ?? [];
    const text = quoted
      .replaceAll('$$', '$')
      .replaceAll('/usr/sbin/', `${directory}/`)
      .replaceAll('/run/piranha/', `${directory}/`);
    const { status } = spawnSync('/bin/sh', ['-c', text, 'pulse', '-v'], {
      env: { PATH: process.env.PATH, FAKE_DIRECTORY: directory, ...environment },
    });
    if (status !== 0 && ignored !== '-') return status ?? -1;
  }
  return 0;
}

/** What systemd runs for it beside the main process. */
function job(type: keyof typeof SIGNALS): number {
  run('ExecStopPost', { EXIT_CODE: 'killed', EXIT_STATUS: SIGNALS[type] });
  return type === 'stop' ? 0 : start();
}

function start(): number {
  const status = run('ExecStartPre');
  if (status === 0) run('ExecStartPost', { MAINPID: '77' });
  return status;
}

describe('pulse.service', () => {
  it('ends the guardian alone: in a restart by a signal of its own, after which it is started in place', () => {
    expect(values('KillMode')).toEqual(['process']);
    expect(values('RestartKillSignal')).toEqual([`SIG${SIGNALS.restart}`]);
    expect(values('ExecStart')).toEqual(['/usr/sbin/pulse -n --director kernel --replace $OPTIONS']);
  });

  it('replaces what is behind the guardian after a restart, and only then', () => {
    expect(start()).toBe(0);
    expect(events()).toEqual([]);
    expect(job('restart')).toBe(0);
    const replaced = [
      'lvsctl --test-start --director kernel -v',
      'lvsctl reload',
      'lvsctl restart pulse lvsd --guardian 77',
    ];
    expect(events()).toEqual(replaced);
    job('stop');
    expect(start()).toBe(0);
    expect(events()).toEqual(replaced);
  });

  it.each(['--test-start', 'reload'])(
    'starts nothing when %s refuses; the start after that goes on',
    (what) => {
      writeFileSync(at(`${what}.status`), '1');
      expect(job('restart')).toBe(1);
      expect(events()).not.toContain('lvsctl restart pulse lvsd --guardian 77');
      rmSync(at(`${what}.status`));
      expect(start()).toBe(0);
      expect(events().at(-1)).toBe('lvsctl restart pulse lvsd --guardian 77');
    },
  );

  it('starts where there is no pulse to be asked', () => {
    writeFileSync(at('reload.status'), '3');
    expect(job('restart')).toBe(0);
  });
});
