import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCheck } from '../../../src/shell/checks/registry.js';
import { tcpServer } from '../../support/bad-servers.js';
import { GOOD_SERVERS, PASSWORD } from '../../support/fake-protocols.js';
import { type NamelessSpec, planFor, runSpec } from '../../support/spec-plan.js';

const directory = mkdtempSync(join(tmpdir(), 'nanny-protocols-'));
afterAll(() => rmSync(directory, { recursive: true }));

function secretFile(name: string, text: string, mode = 0o600): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const passwordFile = secretFile('password', `${PASSWORD}\n`);
const wrongFile = secretFile('wrong', 'wrong\n');
const openFile = secretFile('open', `${PASSWORD}\n`, 0o644);

/** Each kind with a login, where it has one. */
const KINDS = {
  smtp: { kind: 'smtp', heloName: 'director.example' },
  ftp: { kind: 'ftp', user: 'check', passwordFile },
  pop: { kind: 'pop', user: 'check', passwordFile },
  imap: { kind: 'imap', user: 'check', passwordFile },
  redis: { kind: 'redis', user: 'check', passwordFile },
  ldap: { kind: 'ldap', bindDn: 'cn=check', passwordFile, searchBase: 'dc=example' },
  mysql: { kind: 'mysql', user: 'check', passwordFile, getServerPublicKey: false },
  postgresql: { kind: 'postgresql', user: 'check', database: 'app', passwordFile, auth: 'scram' },
  'dns over tcp': {
    kind: 'dns',
    queryName: 'www.example',
    queryType: 'A',
    answer: '10.0.0.2',
    transport: 'tcp',
  },
} as const satisfies Partial<Record<keyof typeof GOOD_SERVERS, NamelessSpec>>;

type Kind = keyof typeof KINDS;

describe('a good server', () => {
  it.each(Object.keys(KINDS) as Kind[])('%s: passes', async (kind) => {
    const server = await GOOD_SERVERS[kind]();
    const outcome = await runSpec(server.target, KINDS[kind]);
    await server.close();
    expect(outcome).toMatchObject({ ok: true });
  });
});

describe('logins', () => {
  const kinds = Object.keys(KINDS).filter((kind) => 'passwordFile' in KINDS[kind as Kind]) as Kind[];

  it.each(kinds)('%s: a wrong password is a failure', async (kind) => {
    const server = await GOOD_SERVERS[kind]();
    const outcome = await runSpec(server.target, { ...KINDS[kind], passwordFile: wrongFile } as NamelessSpec);
    await server.close();
    expect(outcome).toMatchObject({ ok: false, complaint: { event: 'NANNY_CHECK_FAILED' } });
    expect(outcome.reason).not.toContain('wrong');
  });

  it.each(kinds)('%s: a password that others may read is none, and nobody is asked', async (kind) => {
    const target = { address: '127.0.0.1', port: 1 };
    const outcome = await runSpec(target, { ...KINDS[kind], passwordFile: openFile } as NamelessSpec);
    expect(outcome.reason).toContain(`password_file ${openFile}: others may read it: chmod 600`);
  });

  it.each(kinds)('%s: a trace shows no password', async (kind) => {
    const server = await GOOD_SERVERS[kind]();
    const check = await createCheck(planFor(server.target, KINDS[kind]));
    const shown: string[] = [];
    await check.run({
      signal: new AbortController().signal,
      trace: (_, bytes) => shown.push(Buffer.from(bytes).toString()),
    });
    await server.close();
    expect(shown.length).toBeGreaterThan(1);
    expect(shown.join('')).not.toContain(PASSWORD.slice(0, 6));
  });

  it.each([
    ['missing', join(directory, 'none'), 'ENOENT'],
    ['a directory', directory, 'it is no regular file'],
    ['of two lines', secretFile('two', 'a\nb\n'), 'it has more than one line'],
    ['empty', secretFile('empty', '\n'), 'it is empty'],
    ['huge', secretFile('huge', 'x'.repeat(5_000)), 'it is too long'],
  ])('a password file that is %s is told', async (_, file, problem) => {
    const spec: NamelessSpec = { kind: 'pop', user: 'check', passwordFile: file };
    const outcome = await runSpec({ address: '127.0.0.1', port: 1 }, spec);
    expect(outcome.reason).toContain(`password_file ${file}: ${problem}`);
  });
});

describe('a farewell', () => {
  it('that the server does not heed is no failure, and is not waited for long', async () => {
    const server = await tcpServer((socket) => socket.write('+OK ready\r\n'));
    expect(await runSpec(server.target, { kind: 'pop' }, 60_000)).toMatchObject({ ok: true });
    await server.close();
  });
});
