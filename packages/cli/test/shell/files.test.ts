import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../support/run.js';

const GOOD = `serial_no = 1
primary = 127.0.0.2
service = lvs
network = direct
virtual web {
     active = 1
     address = 127.0.0.100 lo:1
     port = 80
     server one {
         address = 127.0.0.11
         active = 1
         weight = 2
     }
     server two {
         address = 127.0.0.12
         active = 1
         weight = 0
     }
     server off {
         address = 127.0.0.13
         active = 0
     }
}
`;
const PLAN = [
  '-A -t 127.0.0.100:80 -s wlc',
  '-a -t 127.0.0.100:80 -r 127.0.0.11:80 -g -w 2',
  '-a -t 127.0.0.100:80 -r 127.0.0.12:80 -g -w 0',
];

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvsctl-'));
  file = join(directory, 'lvs.cf');
  writeFileSync(file, GOOD);
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('lvsctl check', () => {
  it('accepts a sound file with its warnings on standard error', async () => {
    const { status, stdout, stderr } = await run(['check', file]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/lvs\.cf: ok, \d+ warnings?\n$/);
    expect(stderr).toMatch(/^\S+lvs\.cf:17:\d+: warning CF_CHANGED_WEIGHT_ZERO: /m);
    expect(stderr).not.toContain(': error ');
  });

  it('refuses a broken file with its place', async () => {
    writeFileSync(file, GOOD.replace('weight = 2', 'weihgt = 2'));
    const { status, stdout, stderr } = await run(['check', file]);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^\S+lvs\.cf:12:\d+: error CF_[A-Z_]+: .*weihgt/m);
  });

  it.each(['check', 'plan'])('%s says that a file cannot be read', async (command) => {
    const { status, stdout, stderr } = await run([command, join(directory, 'none')]);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/none:0:0: error CF_READ: .*ENOENT/);
  });

  it('reads standard input', async () => {
    expect((await run(['check', '-'], GOOD)).status).toBe(0);
    const broken = await run(['check', '-'], 'nonsense');
    expect(broken.status).toBe(1);
    expect(broken.stderr).toMatch(/^-:1:1: error /);
  });

  it('gives everything as JSON', async () => {
    const { status, stdout, stderr } = await run(['check', '--json', '-'], 'nonsense');
    expect(status).toBe(1);
    expect(stderr).toBe('');
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ file: '-', ok: false });
    expect(answer.diagnostics).toContainEqual(
      expect.objectContaining({ severity: 'error', line: 1, column: 1 }),
    );
  });
});

describe('lvsctl plan', () => {
  it('prints what ipvsadm -Sn would, and nothing else', async () => {
    const { status, stdout, stderr } = await run(['plan', file]);
    expect(status).toBe(0);
    expect(stdout).toBe(`${PLAN.join('\n')}\n`);
    expect(stderr).toContain('CF_CHANGED_WEIGHT_ZERO');
  });

  it('prints nothing for a file with an error', async () => {
    const { status, stdout, stderr } = await run(['plan', '-'], 'nonsense');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(' error ');
  });

  it('gives the lines as JSON', async () => {
    expect(JSON.parse((await run(['plan', '--json', file])).stdout)).toMatchObject({ ok: true, lines: PLAN });
  });
});

describe('lvsctl fmt', () => {
  const untidy = GOOD.replace('     port = 80', 'port   =  80   # web');

  it('prints the canonical layout and leaves the file', async () => {
    writeFileSync(file, untidy);
    const { status, stdout } = await run(['fmt', file]);
    expect(status).toBe(0);
    expect(stdout).toContain('     # web\n     port = 80\n');
    expect(readFileSync(file, 'utf8')).toBe(untidy);
  });

  it('--check tells by status and name', async () => {
    writeFileSync(file, untidy);
    expect(await run(['fmt', '--check', file])).toEqual({ status: 1, stdout: `${file}\n`, stderr: '' });
    await run(['fmt', '--write', file]);
    expect(await run(['fmt', '--check', file])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('--write keeps mode and link, and leaves no other file', async () => {
    writeFileSync(file, untidy, { mode: 0o640 });
    const mode = statSync(file).mode;
    const link = join(directory, 'link.cf');
    symlinkSync(file, link);
    expect((await run(['fmt', '--write', link])).status).toBe(0);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(file).mode).toBe(mode);
    expect(readFileSync(file, 'utf8')).toContain('     # web\n     port = 80\n');
    expect(existsSync(`${file}.lvsctl-new`)).toBe(false);
  });

  it('--write raises serial_no where it changes the file, and only there', async () => {
    const serialOf = () => /^serial_no = (.*)$/m.exec(readFileSync(file, 'utf8'))?.[1];
    writeFileSync(file, untidy.replace(/^serial_no = .*$/m, 'serial_no = 7'));
    await run(['fmt', file]);
    await run(['fmt', '--check', file]);
    expect(serialOf()).toBe('7');
    await run(['fmt', '--write', file]);
    expect(serialOf()).toBe('8');
    const tidy = readFileSync(file, 'utf8');
    expect(await run(['fmt', '--write', file])).toMatchObject({ status: 0, stdout: '' });
    expect(readFileSync(file, 'utf8')).toBe(tidy);
    expect((await run(['fmt', '--check', file])).status).toBe(0);
    writeFileSync(file, tidy.replace('serial_no = 8', 'serial_no = many').replace('port = 80', 'port=80'));
    await run(['fmt', '--write', file]);
    expect(serialOf()).toBe('many');
  });

  it('--write waits for nobody who writes already', async () => {
    writeFileSync(file, untidy);
    writeFileSync(`${file}.lvsctl-new`, '');
    const { status, stderr } = await run(['fmt', '--write', file]);
    expect(status).toBe(4);
    expect(stderr).toContain('[FILE_LOCKED]');
    expect(readFileSync(file, 'utf8')).toBe(untidy);
    expect(existsSync(`${file}.lvsctl-new`)).toBe(true);
  });

  it('says what cannot be read', async () => {
    const { status, stderr } = await run(['fmt', join(directory, 'none')]);
    expect(status).toBe(4);
    expect(stderr).toMatch(/none: cannot be read: ENOENT \[FILE_READ\]/);
  });

  it('reads standard input, gives JSON', async () => {
    const answer = JSON.parse((await run(['fmt', '--json', '-'], 'primary  = 10.0.0.1\n')).stdout);
    expect(answer).toEqual({ file: '-', changed: true, written: false, text: 'primary = 10.0.0.1\n' });
  });
});

describe('a wrong command line', () => {
  it.each([
    [[]],
    [['frobnicate']],
    [['check']],
    [['check', 'a', 'b']],
    [['status', '--frob']],
    [['fmt', '--write', '--check', 'x']],
    [['fmt', '--write', '-']],
  ])('%j ends with 2', async (argv) => {
    const { status, stdout, stderr } = await run(argv);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
  });

  it.each([[['--help']], [['--version']], [['plan', '--help']]])('%j ends with 0', async (argv) => {
    const { status, stdout } = await run(argv);
    expect(status).toBe(0);
    expect(stdout).not.toBe('');
  });
});
