import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SUITE_VERSION } from '@piranha/common';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from '../support/run.js';

/** A device that no machine has: something is found wherever this test runs. */
const FILE = `primary = 127.0.0.2
service = lvs
network = direct
virtual web {
  active = 1
  address = 10.99.0.100 nosuch0:1
  port = 80
  server one {
    address = 127.0.0.9
    active = 1
    weight = 1
  }
}
`;
const WORDS = ['--run-dir', '/nonexistent/piranha', '-'];

/** A directory whose ssh runs what it is told on this machine. */
function withSsh(script: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'lvsctl-doctor-'));
  writeFileSync(join(directory, 'ssh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return directory;
}

describe('lvsctl doctor --partner', () => {
  let directory = '';
  const path = process.env.PATH;
  const partner = (script: string, { host = 'root@director2', name = 'lvs.cf' } = {}) => {
    directory = withSsh(script);
    process.env.PATH = `${directory}:${path}`;
    const file = join(directory, name);
    writeFileSync(file, FILE);
    return run(['doctor', '--json', '--run-dir', '/nonexistent', `--partner=${host}`, file]);
  };
  const answerOf = async (script: string) => JSON.parse((await partner(script)).stdout);
  afterEach(() => {
    process.env.PATH = path;
    rmSync(directory, { recursive: true, force: true });
  });
  /** `-o X -o Y -- HOST WORDS` */
  const OTHER = (text: string, version: string): string =>
    `shift 6; case "$1" in cat) cat <<'EOF'\n${text}EOF\n;; *) echo ${version};; esac`;
  const codes = ({ findings }: { findings: { code: string }[] }): string[] =>
    findings.map(({ code }) => code).filter((code) => code.startsWith('DOCTOR_PARTNER_'));

  it('finds nothing where file and version are the same but for comments', async () => {
    expect(codes(await answerOf(OTHER(`# mine\n${FILE}`, SUITE_VERSION)))).toEqual([]);
  });

  it('names the statement that differs, and the version', async () => {
    const answer = await answerOf(OTHER(FILE.replace('network = direct', 'network = nat'), '9.9.9'));
    expect(codes(answer).sort()).toEqual(['DOCTOR_PARTNER_FILE', 'DOCTOR_PARTNER_VERSION']);
    const evidence = JSON.stringify(answer.findings);
    expect(evidence).toContain('statement 3, network, has another value there');
    expect(evidence).toContain('root@director2 has 9.9.9');
  });

  it('tells no more of a version than it may be long', async () => {
    const { findings } = await answerOf(OTHER(FILE, '9'.repeat(1_000)));
    expect(JSON.stringify(findings)).toContain(`has ${'9'.repeat(40)}, this director`);
  });

  it('says what could not be had', async () => {
    const answer = await answerOf('echo no way >&2; exit 255');
    expect(codes(answer)).toEqual([]);
    expect(answer.unseen.filter((line: string) => line.includes('root@director2: no way'))).toHaveLength(2);
  });

  it.each(['-oProxyCommand=x', 'a b', ''])('refuses the host %j', async (host) => {
    const asked = await partner(`touch "$0.asked"`, { host });
    expect(asked.status).toBe(2);
    expect(asked.stdout).toContain(`'${host}' is neither HOST nor USER@HOST`);
    expect(existsSync(join(directory, 'ssh.asked'))).toBe(false);
  });

  it('refuses a file whose name a shell would take for more', async () => {
    const asked = await partner(`touch "$0.asked"`, { name: 'lvs;x.cf' });
    expect(asked.status).toBe(2);
    expect(asked.stdout).toContain('is no plain path that the partner could have too');
    expect(existsSync(join(directory, 'ssh.asked'))).toBe(false);
  });
});

describe('lvsctl doctor', () => {
  it('tells what was seen and what helps, and ends with 1', async () => {
    const { status, stdout, stderr } = await run(['doctor', ...WORDS], FILE);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^error DOCTOR_DEVICE: an interface that lvs\.cf names is missing or down\n {2}seen: there is no interface nosuch0\n {2}do: {3}ip link/m,
    );
    expect(stderr).toContain('not looked at: pulse does not answer on /nonexistent/piranha/pulse.sock');
  });

  it('gives its findings as JSON', async () => {
    const { status, stdout } = await run(['doctor', '--json', ...WORDS], FILE);
    expect(status).toBe(1);
    const { ok, findings, unseen } = JSON.parse(stdout);
    expect(ok).toBe(false);
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'DOCTOR_DEVICE', severity: 'error', remedy: expect.any(String) }),
    );
    expect(unseen).toContainEqual(expect.stringContaining('lvsd does not answer'));
  });

  it('looks at nothing where the file is broken', async () => {
    const { status, stdout, stderr } = await run(['doctor', ...WORDS], 'nonsense');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(' error ');
  });
});
