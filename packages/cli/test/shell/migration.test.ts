import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../support/run.js';

const SERVICE = `primary = 192.0.2.1
service = lvs
virtual web {
  active = 1
  address = 192.0.2.100 eth0:1
  port = 80
  server one {
    address = 10.0.0.11
    active = 1
  }
}
`;

describe('lvsctl shadow and adopt', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'adopt-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it.each([
    [['adopt'], 'adopt needs an lvs.cf, --undo or --finish'],
    [['adopt', '-'], 'not standard input'],
    [['adopt', '--undo', '--finish'], '--undo and --finish exclude each other'],
    [['adopt', '--undo', 'lvs.cf'], '--undo stands alone'],
    [['adopt', '--finish', '--final'], '--finish stands alone'],
    [['adopt', '--from', 'heartbeat', 'lvs.cf'], 'not one of keepalived, ldirectord, piranha'],
    [['shadow'], "missing required argument 'file'"],
    [['shadow', '-'], 'not standard input'],
    [['shadow', '--for', '-1', 'lvs.cf'], 'not a number of seconds'],
    [['shadow', '--for', '1h', 'lvs.cf'], 'not a number of seconds'],
  ])('refuses %j with status 2', async (words, problem) => {
    const { status, stdout, stderr } = await run(words);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(problem);
  });

  it.each(['shadow', 'adopt'])('%s refuses a broken file before anything else', async (command) => {
    const file = join(directory, 'lvs.cf');
    writeFileSync(file, 'service = lvs\nvirtual {\n');
    const { status, stderr } = await run([command, '--run-dir', directory, file]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/lvs\.cf:\d+:\d+: error CF_/);
  });

  it.each([
    ['state', []],
    ['elsewhere', ['--', '--state-dir', 'elsewhere']],
    ['elsewhere', ['--', '--state-dir=elsewhere']],
  ])('adopts nothing on a node in maintenance standby: %s %j', async (state, words) => {
    const file = join(directory, 'lvs.cf');
    writeFileSync(file, SERVICE);
    mkdirSync(join(directory, state));
    writeFileSync(join(directory, state, 'maintenance'), 'whatever stands there');
    const pulseWords = words.map((word) => word.replace('elsewhere', join(directory, 'elsewhere')));
    const { status, stderr } = await run(['adopt', '--run-dir', directory, file, ...pulseWords]);
    expect(status).toBe(1);
    expect(stderr).toContain('this node is in maintenance standby');
    expect(stderr).toContain('[ADOPT_MAINTENANCE]');
    expect(stderr).toContain(join(directory, state, 'maintenance'));
  });

  it.each(['--undo', '--finish'])('%s says that no adoption is under way', async (word) => {
    const { status, stderr } = await run(['adopt', word, '--run-dir', directory]);
    expect(status).toBe(1);
    expect(stderr).toContain('no adoption is under way [ADOPT_NONE]');
  });

  it('does not hide a record that it cannot read', async () => {
    writeFileSync(join(directory, 'adoption'), '{');
    for (const words of [['adopt', '--undo'], ['status']]) {
      const { stderr } = await run([...words, '--run-dir', directory]);
      expect(stderr).toContain('[ADOPTION_RECORD_BAD]');
    }
  });

  const record = (processes: readonly { readonly pid: number; readonly startTicks: number }[]) => {
    const content = {
      kind: 'keepalived',
      configFile: '/etc/lvs.cf',
      ipvsadmPath: '/sbin/ipvsadm',
      at: '2026-01-01T00:00:00.000Z',
      processes,
      table: '',
      addresses: [],
      sync: {},
      timeouts: { tcpSeconds: 900, tcpFinSeconds: 120, udpSeconds: 300 },
    };
    writeFileSync(join(directory, 'adoption'), JSON.stringify(content));
  };

  it('undoes nothing when what was frozen is gone', async () => {
    record([{ pid: process.pid, startTicks: 1 }]);
    const undo = await run(['adopt', '--undo', '--run-dir', directory]);
    expect(undo.status).toBe(1);
    expect(undo.stderr).toContain('[ADOPT_NOBODY_FROZEN]');
    const finish = await run(['adopt', '--finish', '--run-dir', directory]);
    expect(finish).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('keepalived was gone already'),
    });
    expect((await run(['adopt', '--finish', '--run-dir', directory])).status).toBe(1);
  });

  it('only forgets an adoption that was cut off before it froze anything', async () => {
    const startTicks = Number(readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ')[19]);
    record([{ pid: process.pid, startTicks }]);
    const undo = await run(['adopt', '--undo', '--run-dir', directory]);
    expect(undo).toMatchObject({ status: 0, stdout: 'keepalived was not stopped: it serves\n' });
    expect((await run(['adopt', '--undo', '--run-dir', directory])).stderr).toContain('[ADOPT_NONE]');
  });
});
