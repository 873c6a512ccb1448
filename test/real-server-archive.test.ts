import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CONFIGURATION = `primary = 10.77.0.2
network = direct
virtual web {
     active = 1
     address = 192.0.2.77 eth0:1
     port = 80
     server near {
         address = 10.77.0.1
         active = 1
     }
}
`;

let directory = '';
/** As an operator links it into /usr/sbin. */
let program = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'real-server-archive-'));
  const archive = join(directory, 'lvs-realserver.tgz');
  execFileSync(process.execPath, ['scripts/real-server-archive.mjs', archive], { stdio: 'pipe' });
  execFileSync('tar', ['-C', directory, '-xzf', archive]);
  program = join(directory, 'program');
  symlinkSync('lvs-realserver/lvs-realserver', program);
});

afterAll(() => rmSync(directory, { recursive: true }));

function run(words: readonly string[], input = '') {
  const options = { cwd: directory, input, encoding: 'utf8', timeout: 30_000 } as const;
  return spawnSync(program, [...words, '--run-dir', join(directory, 'run')], options);
}

describe('the archive for a real server that has nothing but Node.js', () => {
  it('runs elsewhere, with what it asks the kernel, and reads an lvs.cf', () => {
    const words = ['check', '--json', '--lvs-cf', '-', '--address', '10.77.0.1'];
    const { status, stdout, stderr } = run(words, CONFIGURATION);
    expect(stderr).toBe('');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ready: false,
      vips: [{ address: '192.0.2.77', method: 'direct' }],
      findings: expect.arrayContaining([expect.objectContaining({ code: 'VIP_MISSING' })]),
    });
    expect(run(['status'])).toMatchObject({ status: 3, stdout: 'stopped\n' });
  });

  it('has the service files and the manual', () => {
    const names = [
      'etc/init.d/lvs-realserver',
      'etc/systemd/lvs-realserver.service',
      'etc/sysconfig/lvs-realserver',
      'lvs-realserver.8.md',
      'LICENSE',
    ];
    expect(names.filter((name) => !existsSync(join(directory, 'lvs-realserver', name)))).toEqual([]);
  });
});
