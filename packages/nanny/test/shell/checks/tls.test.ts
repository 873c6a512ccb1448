import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import type { CheckSpec, TlsRules } from '@piranha/config';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Check } from '../../../src/check.js';
import { WarnedCertificates } from '../../../src/core/certificate.js';
import { createCheck } from '../../../src/shell/checks/registry.js';
import { type RunningServer, tcpServer } from '../../support/bad-servers.js';
import { whenCalm } from '../../support/calm.js';
import { planFor } from '../../support/spec-plan.js';
import { AUTHORITY, GOOD_CERTIFICATE } from '../../support/zoo/certificates.js';
import { TCP_ANIMALS, TLS_ANIMALS } from '../../support/zoo/servers.js';
import { runOnce } from '../../support/zoo/suite.js';

const directory = mkdtempSync(join(tmpdir(), 'piranha-tls-'));
const caFile = join(directory, 'ca.pem');
writeFileSync(caFile, AUTHORITY);
const noAuthority = (name: string, text: string) => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
const EMPTY = noAuthority('empty.pem', '');
const TORN = noAuthority('torn.pem', AUTHORITY.slice(0, AUTHORITY.length / 2));
afterAll(() => rmSync(directory, { recursive: true }));

let server: RunningServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const planOf = (spec: CheckSpec, target: RunningServer['target'], limitMs: number) =>
  planFor(target, spec, limitMs);
const TLS_MANNERS = { answer: '', tls: true };

async function open(name: string): Promise<RunningServer> {
  server = await (TCP_ANIMALS[name] ?? TLS_ANIMALS[name])?.(TLS_MANNERS);
  if (!server) throw new Error(name);
  return server;
}

function tlsSpec(rules: Partial<TlsRules>): CheckSpec {
  return { name: 'c', kind: 'tls', tls: { verify: 'none', warnDays: 14, ...rules } };
}

describe('the certificate of a server', () => {
  it.each([
    ['any with none', 'has a certificate of nobody trusted', {}, 'TLS handshake done'],
    ['an expired one with none', 'has an expired certificate', {}, 'TLS handshake done'],
    ['that of a known authority', 'works', { verify: 'ca', caFile }, 'TLS handshake done'],
    ['that of an unknown authority', 'works', { verify: 'ca' }, 'certificate refused: UNABLE_TO_'],
    [
      'that of another name',
      'works',
      { verify: 'name', caFile, serverName: 'other.test' },
      'certificate is not for other.test',
    ],
    [
      'a missing file',
      'works',
      { verify: 'ca', caFile: '/nowhere/ca.pem' },
      'cannot read /nowhere/ca.pem: ENOENT',
    ],
    ['with no authority', 'works', { verify: 'ca', caFile: EMPTY }, EMPTY],
    ['with half an authority', 'works', { verify: 'ca', caFile: TORN }, TORN],
  ] as const)('is judged: %s', async (_, animal, rules, expected) => {
    const { target } = await open(animal);
    expect((await runOnce(planOf(tlsSpec(rules), target, 5_000))).reason).toContain(expected);
  });

  it('that ends soon is warned of, once', async () => {
    const { target } = await open('has an expired certificate');
    const check = await createCheck(planOf(tlsSpec({}), target, 5_000));
    const run = () => check.run({ signal: new AbortController().signal });
    expect((await run()).notices?.map(({ event }) => event)).toEqual(['NANNY_CERTIFICATE_ENDED']);
    expect((await run()).notices).toBeUndefined();
    const other = await createCheck(planOf(tlsSpec({ warnDays: 0 }), target, 5_000));
    expect((await other.run({ signal: new AbortController().signal })).notices).toBeUndefined();
  });
});

describe('the name of the server', () => {
  const page = {
    method: 'GET',
    path: '/',
    version: '1.1',
    headers: [],
    statuses: [],
    bodyLimitBytes: 1,
  } as const;
  /** Which names a server of many is asked for, in the ClientHello. */
  async function namesAsked(spec: CheckSpec): Promise<string[]> {
    const names: string[] = [];
    server = await tcpServer((socket) => {
      const SNICallback = (name: string, done: (error: Error | null) => void) => {
        names.push(name);
        done(null);
      };
      new TLSSocket(socket, { isServer: true, ...GOOD_CERTIFICATE, SNICallback })
        .on('error', () => {})
        .on('data', () => socket.destroy());
    });
    await runOnce(planOf(spec, server.target, 5_000));
    return names;
  }

  it.each(['none', 'ca', 'name'] as const)('goes over the wire with verify = %s', async (verify) => {
    const tls: TlsRules = { verify, serverName: 'good.test', warnDays: 0, caFile };
    expect(await namesAsked({ name: 'c', kind: 'tls', tls })).toEqual(['good.test']);
    await server?.close();
    expect(await namesAsked({ name: 'c', kind: 'ssl_get', ...page, tls })).toEqual(['good.test']);
  });

  it('is not made up where none is given', async () => {
    expect(await namesAsked(tlsSpec({}))).toEqual([]);
  });
});

describe('a certificate that ends', () => {
  afterEach(() => vi.restoreAllMocks());
  const run = (check: Check) => check.run({ signal: new AbortController().signal });
  const told = async (check: Check) => (await run(check)).notices?.map(({ event }) => event) ?? [];

  it('is told of before and after its end, also where the check fails', async () => {
    const { target } = await open('has an expired certificate');
    const page: CheckSpec = {
      name: 'c',
      kind: 'ssl_get',
      method: 'GET',
      path: '/',
      version: '1.1',
      headers: [],
      statuses: [[299, 299]],
      bodyLimitBytes: 100,
      tls: { verify: 'none', warnDays: 14 },
    };
    const check = await createCheck(planOf(page, target, 5_000));
    const [notice] = (await run(await createCheck(planOf(tlsSpec({}), target, 5_000)))).notices ?? [];
    const endMs = Date.parse(String(notice?.fields.until));
    const clock = vi.spyOn(Date, 'now').mockReturnValue(endMs - 86_400_000);
    expect(await told(check)).toEqual(['NANNY_CERTIFICATE_ENDS']);
    expect(await told(check)).toEqual([]);
    clock.mockReturnValue(endMs + 1);
    expect(await told(check)).toEqual(['NANNY_CERTIFICATE_ENDED']);
    expect(await run(check)).toMatchObject({ ok: false });
  });

  it('is told of once, although another comes between', () => {
    const warned = new WarnedCertificates();
    let nowMs = 0;
    const ask = (fingerprint: string, afterMs = 60_000): boolean => {
      nowMs += afterMs;
      return warned.isNews('E', fingerprint, nowMs);
    };
    expect(['one', 'two', 'one', 'two'].map((name) => ask(name))).toEqual([true, true, false, false]);
    for (let number = 0; number < 1_000; number++) ask(String(number));
    expect(ask('one')).toBe(true);
    // A server that shows another one each time: one line a minute.
    const told = Array.from({ length: 1_000 }, (_, number) => ask(`new ${number}`, 1_000));
    expect(told.filter(Boolean)).toHaveLength(16);
  });
});

describe('a headers file', () => {
  const file = join(directory, 'headers');
  const spec: CheckSpec = {
    name: 'c',
    kind: 'http_get',
    method: 'GET',
    path: '/',
    version: '1.1',
    headers: [],
    headersFile: file,
    statuses: [[200, 200]],
    bodyLimitBytes: 100,
  };

  it('goes with the request, unseen by who looks on, and must be private', async () => {
    writeFileSync(file, 'Authorization: Bearer s3cret\n', { mode: 0o600 });
    let heard = '';
    server = await tcpServer((socket) =>
      socket.on('data', (chunk) => {
        heard += chunk;
        socket.end('HTTP/1.1 200 OK\r\n\r\n');
      }),
    );
    const seen: string[] = [];
    const plan = planOf(spec, server.target, 5_000);
    const check = await createCheck(plan);
    const trace = (direction: string, bytes: Uint8Array | string) => seen.push(`${direction} ${bytes}`);
    expect(await check.run({ signal: new AbortController().signal, trace })).toMatchObject({ ok: true });
    expect(heard).toContain('\r\nAuthorization: Bearer s3cret\r\n');
    expect(seen.join()).toContain('sent GET / HTTP/1.1');
    expect(seen.join()).not.toContain('s3cret');
    chmodSync(file, 0o640);
    expect((await runOnce(plan)).reason).toContain('others may read it: chmod 600');
  });
});

describe('the end of a check', () => {
  it.each(['tcp', 'tls'])('of kind %s resets the connection', async (kind) => {
    const spec = kind === 'tcp' ? ({ name: 'c', kind: 'tcp' } as const) : tlsSpec({});
    const endsOfOne = async () => {
      const ends: string[] = [];
      server = await tcpServer((socket) => {
        socket.on('error', (error: NodeJS.ErrnoException) => ends.push(error.code ?? ''));
        socket.on('end', () => ends.push('end'));
        socket.resume();
      });
      await runOnce(planOf(spec, server.target, 200));
      await expect.poll(() => ends, { timeout: 20_000 }).not.toEqual([]);
      await server.close();
      return ends;
    };
    // A server that is held up takes a reset behind data for an end.
    const ends = await whenCalm(endsOfOne, (found) => found.join() === 'ECONNRESET');
    expect(ends).toEqual(['ECONNRESET']);
    server = undefined;
  });
});
