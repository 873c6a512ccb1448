import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../etc/init.d/lvs-realserver', import.meta.url));
const UNIT = fileURLToPath(new URL('../etc/systemd/lvs-realserver.service', import.meta.url));
const SYSCONFIG = fileURLToPath(new URL('../etc/sysconfig/lvs-realserver', import.meta.url));
const LIBRARY = "success() { printf '<success>'; }\nfailure() { printf '<failure>'; }\n";

/** Writes down how it is called and keeps what it was told; `fail` and `status` say how it ends. */
const PROGRAM = `#!/bin/sh
cd "$FAKE_DIRECTORY" || exit 70
echo "$*" >>events
case $1 in
    start) [ ! -e fail ] || exit 1; echo 0 >state ;;
    stop) [ ! -e fail ] || exit 1; echo 3 >state ;;
    status) exit "$(cat state 2>/dev/null || echo 3)" ;;
esac
`;

let directory = '';
const at = (name: string) => join(directory, name);
const events = () => (existsSync(at('events')) ? readFileSync(at('events'), 'utf8').trim().split('\n') : []);

function configure(lines: Readonly<Record<string, string>> = {}): void {
  const settings = { REALSERVER: at('program'), LOCKFILE: at('subsys/lock'), OPTIONS: '192.0.2.1', ...lines };
  writeFileSync(
    at('sysconfig'),
    Object.entries(settings)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(''),
  );
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'real-server-init-'));
  writeFileSync(at('program'), PROGRAM);
  chmodSync(at('program'), 0o755);
  configure();
});

afterEach(() => rmSync(directory, { recursive: true }));

const variants = ['sh', 'dash', 'bash'].flatMap((shell) => [
  { shell, library: false },
  { shell, library: true },
]);
const has = (shell: string) => spawnSync(shell, ['-c', ':']).status === 0;

for (const variant of variants) {
  describe.skipIf(!has(variant.shell))(
    `init script of a real server under ${variant.shell} (it has to be on this machine), functions library: ${variant.library}`,
    () => {
      function run(...args: string[]) {
        if (variant.library) writeFileSync(at('functions'), LIBRARY);
        const env = {
          PATH: process.env.PATH,
          OPTIONS: '203.0.113.1',
          REALSERVER_SYSCONFIG: at('sysconfig'),
          INITFUNCTIONS: at('functions'),
          FAKE_DIRECTORY: directory,
        };
        return spawnSync(variant.shell, [SCRIPT, ...args], { encoding: 'utf8', timeout: 30_000, env });
      }
      const statusOf = (...args: string[]) => run(...args).status;
      const good = variant.library ? '<success>' : '[  OK  ]';
      const bad = variant.library ? '<failure>' : '[FAILED]';

      test('start, status, reload, stop', () => {
        configure({ OPTIONS: '--method tunnel 192.0.2.1 *' });
        expect(statusOf('status')).toBe(3);
        expect(run('start')).toMatchObject({ status: 0, stdout: expect.stringContaining(good) });
        expect(existsSync(at('subsys/lock'))).toBe(true);
        expect(statusOf('status')).toBe(0);
        expect([statusOf('reload'), statusOf('force-reload')]).toEqual([0, 0]);
        expect(run('stop')).toMatchObject({ status: 0, stdout: expect.stringContaining(good) });
        expect(existsSync(at('subsys/lock'))).toBe(false);
        expect(statusOf('stop')).toBe(0);
        const start = 'start --method tunnel 192.0.2.1 *';
        expect(events()).toEqual(['status', start, 'status', start, start, 'stop', 'stop']);
      });

      test('restart always, condrestart and try-restart only what is started or incomplete', () => {
        expect([statusOf('condrestart'), statusOf('try-restart')]).toEqual([0, 0]);
        expect(events()).toEqual(['status', 'status']);
        expect(statusOf('restart')).toBe(0);
        writeFileSync(at('state'), '1');
        expect(statusOf('try-restart')).toBe(0);
        expect(events().slice(2)).toEqual(['stop', 'start 192.0.2.1', 'status', 'stop', 'start 192.0.2.1']);
      });

      test('no program 5, no VIPs 6, a failure 1, an unknown action 2', () => {
        configure({ OPTIONS: '' });
        expect(run('restart')).toMatchObject({ status: 6, stderr: expect.stringContaining('names no VIPs') });
        configure({ REALSERVER: at('nothing') });
        expect([statusOf('start'), statusOf('stop'), statusOf('status')]).toEqual([5, 5, 4]);
        configure();
        for (const args of [['dance'], []]) {
          expect(run(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining('Usage') });
        }
        expect(events()).toEqual([]);
        writeFileSync(at('fail'), '');
        expect(run('start')).toMatchObject({ status: 1, stdout: expect.stringContaining(bad) });
        expect(run('stop')).toMatchObject({ status: 1, stdout: expect.stringContaining(bad) });
        expect(existsSync(at('subsys/lock'))).toBe(false);
      });
    },
  );
}

describe('the other files of a real server', () => {
  test('the settings as they are shipped name no VIPs', () => {
    const printed = spawnSync('sh', ['-c', `. "${SYSCONFIG}"; printf '%s' "[$OPTIONS]"`], {
      encoding: 'utf8',
    });
    expect(printed.stdout).toBe('[]');
  });

  test('the unit starts, reloads and stops by the program', () => {
    const unit = readFileSync(UNIT, 'utf8');
    expect(unit).toContain('ExecStart=/usr/sbin/lvs-realserver start $OPTIONS\n');
    expect(unit).toContain('ExecReload=/usr/sbin/lvs-realserver start $OPTIONS\n');
    expect(unit).toContain('ExecStop=/usr/sbin/lvs-realserver stop\n');
    expect(unit).toContain('RemainAfterExit=yes\n');
  });
});
