import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CheckSpec, parseLvsCf } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { type RunningServer, tcpServer } from '../../support/bad-servers.js';
import { datagramServer } from '../../support/fake-protocols.js';
import { planFor } from '../../support/spec-plan.js';
import { runOnce } from '../../support/zoo/suite.js';

const PAGE = fileURLToPath(new URL('../../../../../docs/check-recipes.md', import.meta.url));
const recipes = new Map(
  [...readFileSync(PAGE, 'utf8').matchAll(/```check (\w+)\n([\s\S]*?)```/g)].map(
    ([, name = '', text = '']) => [name, text],
  ),
);

/** The check of a recipe, read as an operator's lvs.cf is. */
function specOf(name: string): CheckSpec {
  const server = 'server a {\naddress = 10.0.0.1\nactive = 1\n}\n';
  const text = `primary = 192.0.2.1\nservice = lvs\nvirtual v {\nactive = 1\naddress = 192.0.2.9 eth0:1\nport = 1\n${recipes.get(name)}${server}}\n`;
  const { configuration, diagnostics } = parseLvsCf(text);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const spec = configuration?.virtualServers[0]?.check.specs?.[0];
  if (spec === undefined) throw new Error(`no recipe ${name}`);
  return spec;
}

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

/** A server that answers when the question `isGood`, and says nothing else. */
function stream(isGood: (question: Buffer) => boolean, answer: Buffer | string): Promise<RunningServer> {
  return tcpServer((socket) => {
    socket.on('data', (question: Buffer) => {
      if (isGood(question)) socket.write(answer);
      else socket.end('what?');
    });
  });
}

const greets = (text: string) => () => tcpServer((socket) => socket.write(text));

function isSmbNegotiation(question: Buffer): boolean {
  const bodyBytes = 36 + 2 * question.readUInt16LE(4 + 64 + 2);
  const isFramed = question.readUInt32BE(0) === question.length - 4 && question.length === 4 + 64 + bodyBytes;
  return isFramed && question.readUInt32BE(4) === 0xfe534d42 && question.readUInt16LE(4 + 64) === 36;
}

/** Length, call, version 2 of RPC, NFS 3, procedure 0, no credentials and no verifier. */
function isNullCall(question: Buffer): boolean {
  const words = Array.from({ length: question.length / 4 }, (_, at) => question.readUInt32BE(4 * at));
  const [mark = 0, , ...call] = words;
  return mark === 0x80000000 + question.length - 4 && call.join(' ') === '0 2 100003 3 0 0 0 0 0';
}

/** Signed by the secret, as RFC 5997 wants it. */
function isStatusServer(question: Buffer): boolean {
  const unsigned = Buffer.from(question);
  unsigned.fill(0, 22);
  const signature = createHmac('md5', 'testing123').update(unsigned).digest();
  return (
    question[0] === 12 &&
    question.readUInt16BE(2) === question.length &&
    signature.equals(question.subarray(22))
  );
}

function sipAnswer(question: Buffer): Buffer | undefined {
  const [head = '', ...headers] = question.toString().split('\r\n');
  const isWhole =
    headers.slice(-2).join() === ',' && headers.some((line) => /^Via: .*;branch=z9hG4bK/.test(line));
  return head.startsWith('OPTIONS sip:') && isWhole ? Buffer.from('SIP/2.0 200 OK\r\n\r\n') : undefined;
}

const SERVERS: Readonly<Record<string, () => Promise<RunningServer>>> = {
  samba: () =>
    stream(
      isSmbNegotiation,
      Buffer.concat([hex('000000f8 fe534d42 4000 0000 00000000 0000'), Buffer.alloc(200)]),
    ),
  nfs: () => stream(isNullCall, hex('80000018 50524e41 00000001 00000000 00000000 00000000 00000000')),
  citrix: greets('\x7f\x7fICA\0'),
  lpd: () => stream((question) => question.toString('latin1') === '\x03lp\n', 'no entries\n'),
  pjl: () =>
    stream((question) => question.includes('@PJL INFO STATUS\r\n'), '@PJL INFO STATUS\r\nCODE=10001\r\n'),
  radius: () =>
    datagramServer((question) =>
      isStatusServer(question) ? hex(`02 00 0014 ${'00'.repeat(16)}`) : undefined,
    ),
  sip: () => datagramServer(sipAnswer),
  nntp: greets('201 news.example ready (no posting)\r\n'),
};

describe('the recipes of docs/check-recipes.md', () => {
  it('are all tried', () => {
    expect([...recipes.keys()]).toEqual(Object.keys(SERVERS));
  });

  it.each(Object.entries(SERVERS))('%s: passes at a server that speaks it', async (name, open) => {
    const server = await open();
    const outcome = await runOnce(planFor(server.target, specOf(name)));
    await server.close();
    expect(outcome).toMatchObject({ ok: true });
  });

  it.each(Object.keys(SERVERS))('%s: fails at one that does not', async (name) => {
    const spec = specOf(name);
    const server =
      spec.kind === 'udp' ? await datagramServer(() => Buffer.from('what?')) : await greets('')();
    const outcome = await runOnce(planFor(server.target, spec, 100));
    await server.close();
    expect(outcome).toMatchObject({ ok: false });
  });
});
