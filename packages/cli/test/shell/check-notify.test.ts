import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PAIR_FILE } from '../support/pair-file.js';
import { run } from '../support/run.js';

interface Finding {
  readonly code: string;
  readonly line: number;
  readonly hint: string;
}

describe('lvsctl check and what an lvs.cf names for notifications', () => {
  let directory: string;

  const write = (name: string, mode: number): string => {
    const path = join(directory, name);
    writeFileSync(path, 'text\n');
    chmodSync(path, mode);
    return path;
  };
  const findingsOf = async (words: string): Promise<Finding[]> => {
    const { stdout, status } = await run(['check', '--json', '-'], words + PAIR_FILE);
    expect(status).toBe(0);
    return (JSON.parse(stdout) as { diagnostics: Finding[] }).diagnostics;
  };
  const codesOf = async (words: string): Promise<string[]> =>
    (await findingsOf(words)).map(({ code, line }) => `${code} ${line}`);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'piranha-check-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('finds nothing wrong with programs of the system and a secret file', async () => {
    const password = write('password', 0o600);
    const mail = `mail_to = ops@example.org\nsmtp_server = mail.example.org\nsmtp_user = me\nsmtp_password_file = ${password}\n`;
    expect(await codesOf(`notify = "/bin/sh -c x"\nactive_cmd = /bin/sh\n${mail}`)).toEqual([]);
  });

  it('finds programs that are missing or cannot be run, and an unknown user', async () => {
    const plain = write('plain', 0o644);
    const words = `notify = ${directory}/none\nnotify_server = ${plain}\nnotify_user = piranha-no-such-user\nactive_cmd = ${directory}\n`;
    expect(await codesOf(words)).toEqual([
      'NOTIFY_PROGRAM 1',
      'NOTIFY_PROGRAM 2',
      'NOTIFY_USER 3',
      'NOTIFY_PROGRAM 4',
    ]);
  });

  it('finds a program that somebody else may change', async () => {
    expect(await codesOf(`\nnotify = ${write('open', 0o757)}\n`)).toEqual(['NOTIFY_UNSAFE 2']);
  });

  it('finds a password that others may read', async () => {
    const mail = 'mail_to = ops@example.org\nsmtp_server = mail.example.org\nsmtp_user = me\n';
    expect(await codesOf(`${mail}smtp_password_file = ${write('password', 0o644)}\n`)).toEqual([
      'NOTIFY_SECRET 4',
    ]);
  });

  it('asks no secret mode of certificates, which are for everybody', async () => {
    const mail = 'mail_to = ops@example.org\nsmtp_server = mail.example.org\n';
    expect(await codesOf(`${mail}smtp_ca_file = ${write('ca.pem', 0o644)}\n`)).toEqual([]);
    const [missing] = await findingsOf(`${mail}smtp_ca_file = ${directory}/none\n`);
    expect(missing).toMatchObject({ code: 'NOTIFY_SECRET', line: 3, hint: expect.stringContaining('PEM') });
  });

  it('says in text where it is', async () => {
    const { stdout, stderr } = await run(['check', '-'], `notify = ${directory}/none\n${PAIR_FILE}`);
    expect(stderr).toMatch(/^-:1:1: warning NOTIFY_PROGRAM: .*none does not exist/);
    expect(stdout).toBe('-: ok, 1 warning\n');
  });

  it('finds what is wrong with the programs and files of services, at their words', async () => {
    const [open, secret] = [write('open', 0o757), write('headers', 0o644)];
    const words = [
      'quorum = 1',
      `quorum_up = "${directory}/none up"`,
      `quorum_down = ${open}`,
      'check own {',
      'kind = program',
      `program = "${open} %h"`,
      '}',
      'check page {',
      'kind = ssl_get',
      'verify = ca',
      `ca_file = ${directory}/none`,
      `headers_file = ${secret}`,
      '}',
    ];
    const text = PAIR_FILE.replace('  server one', `${words.join('\n')}\n  server one`);
    const { stderr, status } = await run(['check', '-'], text);
    expect(status).toBe(0);
    const told = stderr.trim().split('\n');
    expect(told.map((line) => line.replace(/^-:(.*?): warning ([A-Z_]+): .*$/, '$1 $2'))).toEqual([
      '8:13 NOTIFY_PROGRAM',
      '9:15 NOTIFY_UNSAFE',
      '12:11 CHECK_PROGRAM_UNSAFE',
      '17:11 CF_CHECK_FILE',
      '18:16 CF_CHECK_FILE',
    ]);
    expect(stderr).toContain(
      'none does not exist: nothing would run (hint: make it a program that can be run)',
    );
    expect(stderr).toContain('may be written by everybody: the user of lvsd would run what they put there');
    expect(stderr).toContain('others may read it: chmod 600; the check would fail (hint: lines as');
    const missing = text.replace(`program = "${open} %h"`, `program = ${directory}/none`);
    expect((await run(['check', '-'], missing)).stderr).toContain('warning CHECK_PROGRAM: program: ');
    const broken = text.replace('verify = ca', 'regex = "(a"');
    expect(await run(['check', '-'], broken)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('-:16:9: error CF_CHECK_REGEX: regex is no regular expression'),
    });
  });
});
