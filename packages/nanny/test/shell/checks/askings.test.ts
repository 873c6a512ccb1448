import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCheck } from '../../../src/shell/checks/registry.js';
import { tcpServer, UDP_ZOO } from '../../support/bad-servers.js';
import { type ComplianceCase, describeCheckCompliance } from '../../support/check-compliance.js';
import { datagramServer, GOOD_SERVERS } from '../../support/fake-protocols.js';
import { type NamelessSpec, planFor, runSpec } from '../../support/spec-plan.js';

const directory = mkdtempSync(join(tmpdir(), 'nanny-askings-'));
afterAll(() => rmSync(directory, { recursive: true }));

const NOWHERE = { address: '127.0.0.1', port: 1 };
const SHORT_LIMIT_MS = 100;
const DNS: NamelessSpec = {
  kind: 'dns',
  queryName: 'www.example',
  queryType: 'A',
  answer: '10.0.0.2',
  transport: 'udp',
};
const UDP: NamelessSpec = {
  kind: 'udp',
  payload: 'a\\n',
  replyHex: '4x 54',
  minimumReplyBytes: 0,
  maximumReplyBytes: 100,
  silence: 'down',
};

const script = join(directory, 'check.sh');
writeFileSync(
  script,
  '#!/bin/sh\ncase "$1" in exit) exit "$2";; hang) sleep 60;; die) kill -9 $$;; esac\necho "$@"\n',
);
chmodSync(script, 0o755);
const spec = (words: string, more: object = {}): NamelessSpec =>
  ({
    kind: 'program',
    program: `${script} ${words}`,
    arguments: 'none',
    miscDynamic: false,
    ...more,
  }) as NamelessSpec;

/* A baseline must not see what other tests leave behind for a moment: these stand first. */
describeCheckCompliance('program in a check block', [
  {
    name: 'one that hangs',
    ok: false,
    event: 'NANNY_CHECK_FAILED',
    hangs: true,
    prepare: async () => ({ plan: planFor(NOWHERE, spec('hang'), SHORT_LIMIT_MS), close: async () => {} }),
  },
]);

const silent = { address: '2001:db8::1', port: 0 };
if (process.getuid?.() === 0) {
  describeCheckCompliance('ping', [
    {
      name: 'a host that is not there',
      ok: false,
      event: 'NANNY_CHECK_FAILED',
      prepare: async () => ({
        plan: planFor(silent, { kind: 'ping' }, SHORT_LIMIT_MS),
        close: async () => {},
      }),
    },
  ]);
}

function zooCases(spec: NamelessSpec, passing: readonly string[]): ComplianceCase[] {
  return (Object.keys(UDP_ZOO) as (keyof typeof UDP_ZOO)[]).map((name) => ({
    name,
    ok: passing.includes(name),
    event: passing.includes(name) ? undefined : 'NANNY_CHECK_FAILED',
    hangs: name === 'silent' && !passing.includes(name),
    // Of DNS a datagram without the question's number is no answer, and is not heeded.
    waits: name === 'silent' || (spec.kind === 'dns' && name !== 'refuses'),
    prepare: async (limitMs) => {
      const server = await UDP_ZOO[name]();
      return { plan: planFor(server.target, spec, limitMs), close: server.close };
    },
  }));
}

describeCheckCompliance('dns', zooCases(DNS, []));
describeCheckCompliance('udp in a check block', zooCases(UDP, ['good', 'answers short']));
describeCheckCompliance(
  'udp in a check block, where silence passes',
  zooCases({ ...UDP, replyHex: undefined, silence: 'up' } as NamelessSpec, [
    'good',
    'silent',
    'answers wrong',
    'answers short',
  ]),
);

describe('dns', () => {
  it.each(['dns', 'dns cut short'] as const)('%s: the expected record is found', async (name) => {
    const server = await GOOD_SERVERS[name]();
    const outcome = await runSpec(server.target, DNS);
    const other = await runSpec(server.target, { ...DNS, answer: '10.0.0.9' } as NamelessSpec);
    await server.close();
    expect(outcome).toEqual({ ok: true, reason: 'expected record found' });
    expect(other.reason).toContain('the answer was "10.0.0.1, 10.0.0.2"');
  });
});

describe('dns', () => {
  it('heeds no datagram with another number', async () => {
    const good = await GOOD_SERVERS.dns();
    const relay = createSocket('udp4');
    const upstream = createSocket('udp4');
    relay.on('message', (query, peer) => {
      const forged = Buffer.from(query);
      forged.writeUInt16BE(query.readUInt16BE(0) ^ 1, 0);
      relay.send(forged, peer.port, peer.address);
      upstream.once('message', (answer) => relay.send(answer, peer.port, peer.address));
      upstream.send(query, good.target.port, good.target.address);
    });
    relay.bind(0, '127.0.0.1');
    await once(relay, 'listening');
    const outcome = await runSpec({ address: '127.0.0.1', port: relay.address().port }, DNS);
    relay.close();
    upstream.close();
    await good.close();
    expect(outcome).toEqual({ ok: true, reason: 'expected record found' });
  });
});

describe('udp', () => {
  it('sends its payload and compares the reply', async () => {
    const heard: string[] = [];
    const server = await datagramServer((datagram) => {
      heard.push(datagram.toString());
      return Buffer.from('HTx');
    });
    expect(await runSpec(server.target, UDP)).toEqual({ ok: true, reason: 'reply as expected' });
    const short = await runSpec(server.target, { ...UDP, maximumReplyBytes: 2 } as NamelessSpec);
    await server.close();
    expect(heard[0]).toBe('a\n');
    expect(short.reason).toContain('the reply has 3 bytes');
  });
});

describe.each([
  ['udp', UDP],
  ['dns', DNS],
] as const)('%s without a port', (_, spec) => {
  it('fails, and says so', async () => {
    const { ok, reason } = await runSpec({ address: '127.0.0.1', port: 0 }, spec);
    expect([ok, reason]).toEqual([false, expect.stringContaining('no port to ask')]);
  });
});

describe('tcp with a reply', () => {
  const cases: readonly [string, NamelessSpec, boolean][] = [
    ['as text', { kind: 'tcp', payload: 'hello\\r\\n', reply: 'hello\\r' }, true],
    ['in hexadecimal', { kind: 'tcp', payloadHex: '00 ff', replyHex: '0x ff' }, true],
    ['that is another', { kind: 'tcp', payload: 'hello', reply: 'help' }, false],
    ['that ends early', { kind: 'tcp', payload: 'hel', reply: 'hello' }, false],
    ['that is not asked for', { kind: 'tcp', payload: 'hello' }, true],
  ];
  it.each(cases)('%s', async (_, spec, ok) => {
    const server = await tcpServer((socket) => {
      socket.on('data', (chunk: Buffer) => {
        for (const byte of chunk) socket.write(Buffer.from([byte]));
        socket.end();
      });
    });
    expect(await runSpec(server.target, spec)).toMatchObject({ ok });
    await server.close();
  });
});

describe.skipIf(process.getuid?.() !== 0)('ping', () => {
  it.each(['127.0.0.1', '::1'])('%s answers', async (address) => {
    expect(await runSpec({ address, port: 0 }, { kind: 'ping' })).toEqual({
      ok: true,
      reason: 'echo answered',
    });
  });

  it('tells who looks on what it asked, and that the answer came', async () => {
    const check = await createCheck(planFor({ address: '127.0.0.1', port: 0 }, { kind: 'ping' }));
    const seen: string[] = [];
    const trace = (direction: string, bytes: Uint8Array | string) => seen.push(`${direction}: ${bytes}`);
    await check.run({ signal: new AbortController().signal, trace });
    expect(seen).toEqual(['note: ICMP echo to 127.0.0.1', 'note: ICMP echo of 127.0.0.1 came back']);
  });
});

describe('file', () => {
  const path = join(directory, 'state');
  writeFileSync(path, 'state: ready\n');
  const old = join(directory, 'old');
  writeFileSync(old, 'state: ready\n');
  utimesSync(old, 1, 1);
  const cases: readonly [string, NamelessSpec, boolean][] = [
    ['exists', { kind: 'file', path, absent: false }, true],
    ['is a directory', { kind: 'file', path: directory, absent: false }, true],
    [
      'holds the text',
      { kind: 'file', path, content: 'ready', absent: false, maximumAgeSeconds: 86_400 },
      true,
    ],
    ['holds another', { kind: 'file', path, content: 'down', absent: false }, false],
    ['is old', { kind: 'file', path: old, absent: false, maximumAgeSeconds: 60 }, false],
    ['does not exist', { kind: 'file', path: `${path}x`, absent: false }, false],
    ['must not exist', { kind: 'file', path, absent: true }, false],
    ['must not, and does not', { kind: 'file', path: `${path}x`, absent: true }, true],
    ['cannot be looked at', { kind: 'file', path: `${path}/x`, absent: true }, false],
  ];
  it.each(cases)('%s', async (_, spec, ok) => {
    expect(await runSpec(NOWHERE, spec)).toMatchObject({ ok });
  });
});

describe('fixed', () => {
  it('is what it is set to', async () => {
    expect(await runSpec(NOWHERE, { kind: 'fixed', state: 'up' })).toEqual({ ok: true, reason: 'always up' });
    expect(await runSpec(NOWHERE, { kind: 'fixed', state: 'down' })).toMatchObject({
      ok: false,
      reason: 'check tested of 127.0.0.1:1 failed: set to down',
    });
  });
});

describe('program', () => {
  it.each([
    ['passes', spec('a'), { ok: true, reason: 'the program passed', weight: undefined }],
    ['is told where', spec('%h %p', { output: '127.0.0.1 1' }), { ok: true }],
    [
      'is told what ldirectord tells',
      spec('x', { arguments: 'ldirectord', output: 'x 192.0.2.100 8080 127.0.0.1 1' }),
      { ok: true },
    ],
    ['prints something else', spec('a', { output: 'b' }), { ok: false }],
    ['prints nothing', spec('exit 0', { output: 'b' }), { ok: false }],
    ['fails', spec('exit 3'), { ok: false }],
    ['dies', spec('die'), { ok: false }],
    ['asks for a weight', spec('exit 12', { miscDynamic: true }), { ok: true, weight: 10 }],
    ['asks for none', spec('exit 0', { miscDynamic: true }), { ok: true, weight: 'configured' }],
    ['fails with weights', spec('exit 1', { miscDynamic: true }), { ok: false }],
    ['does not exist', { ...spec(''), program: '/nonexistent/check' } as NamelessSpec, { ok: false }],
  ])('that %s', async (_, one, expected) => {
    const outcome = await runSpec(NOWHERE, one);
    expect({ weight: undefined, ...outcome }).toMatchObject(expected);
  });
});
