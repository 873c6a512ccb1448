import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../support/run.js';

const FIXTURES = join(import.meta.dirname, '../fixtures/import');

function text(path: string): string {
  return readFileSync(join(FIXTURES, path), 'utf8');
}

/** Names of the fixtures of a kind. */
function fixtures(kind: string, extension: string): string[] {
  const names = readdirSync(join(FIXTURES, kind)).filter((name) => name.endsWith(extension));
  return names.map((name) => name.slice(0, -extension.length));
}

function withoutDirectory(stderr: string, kind: string): string {
  return stderr.replaceAll(`${join(FIXTURES, kind)}/`, '');
}

/** Imports, and puts the result before check and plan: what they said of it. */
async function imported(argv: readonly string[]) {
  const result = await run(['import', ...argv]);
  const check = await run(['check', '-'], result.stdout);
  const plan = await run(['plan', '-'], result.stdout);
  const format = await run(['fmt', '--check', '-'], result.stdout);
  return { result, check, plan, format };
}

/**
 * Results were read line by line, tables written by hand. Those of ldirectord were compared with a run of ldirectord 4.12, whose checks were
 * answered as passed and whose ipvsadm kept a list; what keepalived 2.2.7 makes of each file was read from `-t` and -D.
 */
const KINDS = [
  ['keepalived', '.conf'],
  ['ldirectord', '.cf'],
] as const;

describe.each(KINDS)('lvsctl import %s', (kind, extension) => {
  const names = fixtures(kind, extension);

  it('has fixtures for the common forms', () => {
    expect(names.length).toBeGreaterThanOrEqual(10);
  });

  it.each(names)('%s: result, table and notes', async (name) => {
    const { result, check, plan, format } = await imported([
      kind,
      join(FIXTURES, kind, `${name}${extension}`),
    ]);
    expect(withoutDirectory(result.stderr, kind)).toBe(text(`${kind}/${name}.notes`));
    expect(result.stdout).toBe(text(`${kind}/${name}.result`));
    expect(result.status).toBe(1);
    expect(check).toMatchObject({ status: 0 });
    expect(plan.stdout).toBe(text(`${kind}/${name}.table`));
    expect(format.status).toBe(0);
  });
});

describe('lvsctl import heartbeat', () => {
  const pair = ['--primary', '192.0.2.1', '--backup', '192.0.2.2'];

  it.each(['pair', 'lone', 'both', 'department'])(
    '%s: addresses from haresources, services from ldirectord',
    async (name) => {
      const directory = join(FIXTURES, 'heartbeat', name);
      const files = [join(directory, 'ha.cf'), join(directory, 'haresources')];
      const { result, check, plan } = await imported(['heartbeat', ...files, ...pair]);
      expect(withoutDirectory(result.stderr, 'heartbeat')).toBe(text(`heartbeat/${name}/notes`));
      expect(result.stdout).toBe(text(`heartbeat/${name}/result`));
      expect(check.status).toBe(0);
      expect(plan.stdout).toBe(text(`heartbeat/${name}/table`));
    },
  );

  it('takes the services from the file that --ldirectord gives', async () => {
    const files = ['ha.cf', 'haresources'].map((name) => join(FIXTURES, 'heartbeat/lone', name));
    const given = join(FIXTURES, 'heartbeat/pair/shop.cf');
    const { result, plan } = await imported(['heartbeat', ...files, '--ldirectord', given, ...pair]);
    expect(plan.stdout).toBe(text('heartbeat/pair/table'));
    expect(result.stderr).not.toContain('cannot be read');
  });
});

describe('the old intranet', () => {
  const file = join(FIXTURES, 'keepalived/intranet.conf');

  it('keeps beats, persistence and its three addresses under labels of their own', async () => {
    const { stdout } = await run([
      'import',
      'keepalived',
      file,
      '--primary',
      '10.23.8.1',
      '--backup',
      '10.23.8.2',
    ]);
    for (const line of [
      'keepalive = 1',
      'deadtime = 4',
      'backup_active = 1',
      'monitor_links = 1',
      'network = direct',
    ]) {
      expect(stdout).toContain(`\n${line}\n`);
    }
    for (const number of [0, 1, 2])
      expect(stdout).toContain(`address = 10.23.8.8${number} eth1:${number + 1}\n`);
    expect(stdout.match(/^virtual /gm)).toHaveLength(5);
    expect(stdout.match(/persistent = 3600/g)).toHaveLength(2);
  });
});

describe('what a person can say', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'piranha-import-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const SERVICE = 'virtual=10.0.0.9:80\n    real=10.0.0.21:80 gate\n    checktype=connect\n';

  it('ends with 0 when every line is carried over', async () => {
    const options = ['--device', 'eth3', '--primary', '10.0.0.1', '--backup', '10.0.0.2'];
    const result = await run(['import', 'ldirectord', '-', ...options], SERVICE);
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(result.stdout).toContain('address = 10.0.0.9 eth3:1\n');
    expect(result.stdout).toContain('primary = 10.0.0.1\nbackup = 10.0.0.2\nbackup_active = 1\n');
  });

  it('gives text and notes as JSON', async () => {
    const { status, stdout, stderr } = await run(
      ['import', 'ldirectord', '-', '--json', '--primary', '10.0.0.1'],
      SERVICE,
    );
    const answer = JSON.parse(stdout) as {
      ok: boolean;
      text: string;
      notes: { line: number; reason: string }[];
    };
    expect({ status, stderr, ok: answer.ok }).toEqual({ status: 1, stderr: '', ok: false });
    expect(answer.text).toContain('virtual tcp_10.0.0.9_80 {');
    expect(answer.notes).toEqual([expect.objectContaining({ line: 0, text: 'virtual address 10.0.0.9' })]);
  });

  it.each([
    [['--device', 'eth0:1'], 'IMPORT_BAD_OPTION'],
    [['--primary', 'north'], 'IMPORT_BAD_OPTION'],
    [['--backup', '0.0.0.0'], 'IMPORT_BAD_OPTION'],
  ])('refuses %j', async (options, code) => {
    const result = await run(['import', 'ldirectord', '-', ...options], SERVICE);
    expect(result).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(code) });
  });

  it('has one standard input', async () => {
    expect(await run(['import', 'heartbeat', '-', '-'])).toMatchObject({ status: 2, stdout: '' });
  });

  it('ends with 4 for a file that cannot be read, or is no configuration', async () => {
    expect(await run(['import', 'keepalived', join(directory, 'absent')])).toMatchObject({
      status: 4,
      stdout: '',
    });
    const file = join(directory, 'large');
    writeFileSync(file, '{\n'.repeat(100));
    const result = await run(['import', 'keepalived', file]);
    expect(result).toMatchObject({ status: 4, stderr: expect.stringContaining('IMPORT_TOO_LARGE') });
  });

  it('shows no secrets and no control characters', async () => {
    const file = join(directory, 'ha.conf');
    writeFileSync(file, 'vrrp_instance a {\n authentication {\n  auth_pass hush\n }\n}\n\u001b[2Jodd 1\n');
    const { stderr } = await run(['import', 'keepalived', file]);
    expect(stderr).toContain('auth_pass ...');
    expect(stderr).not.toContain('hush');
    expect(stderr).not.toContain('\u001b');
  });
});
