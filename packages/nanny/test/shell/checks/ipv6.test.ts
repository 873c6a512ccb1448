import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type CheckTarget, serverName } from '../../../src/check.js';
import { type CheckOptions, planCheck } from '../../../src/core/check-plan.js';
import { createCheck } from '../../../src/shell/checks/registry.js';

const LOOPBACK = '::1';
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === LOOPBACK),
);

async function run(target: CheckTarget, options: Partial<CheckOptions>) {
  const { plan } = planCheck({
    target,
    virtualPort: 8080,
    udp: false,
    send: undefined,
    expect: undefined,
    useRegex: false,
    sendProgram: undefined,
    literalBackslashes: false,
    intervalMs: 4_000,
    ...options,
  });
  const check = await createCheck(plan);
  return check.run({ signal: new AbortController().signal });
}

async function tcpServer() {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\n'));
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  return { server, target: { address: LOOPBACK, port: (server.address() as AddressInfo).port } };
}

describe.skipIf(!hasIpv6)('a server with an IPv6 address (needs ::1 on this machine)', () => {
  it('is checked over TCP', async () => {
    const { server, target } = await tcpServer();
    expect(await run(target, {})).toMatchObject({ ok: true });
    expect(await run(target, { send: 'GET /', expect: 'HTTP' })).toMatchObject({ ok: true });
    expect(await run(target, { send: 'GET /', expect: 'SSH' })).toMatchObject({ ok: false });
    server.close();
    await once(server, 'close');
    const refused = await run(target, {});
    expect(refused.complaint).toMatchObject({ event: 'NANNY_CONNECT_FAILED' });
    expect(refused.reason).toContain(`[::1]:${target.port}`);
  });

  it('is checked over UDP', async () => {
    const socket = createSocket('udp6');
    socket.on('message', (_, { port, address }) => socket.send('pong', port, address));
    socket.bind(0, LOOPBACK);
    await once(socket, 'listening');
    const target = { address: LOOPBACK, port: socket.address().port };
    expect(await run(target, { udp: true, send: 'ping', expect: 'pong' })).toMatchObject({ ok: true });
    socket.close();
    await once(socket, 'close');
    expect(await run(target, { udp: true, send: 'ping', expect: 'pong' })).toMatchObject({ ok: false });
  });

  it('is named to a program', async () => {
    const sendProgram = '/bin/echo %h %p';
    const target = { address: LOOPBACK, port: 7 };
    expect(await run(target, { sendProgram, expect: '::1 7' })).toMatchObject({ ok: true });
  });
});

describe('the name of a server in log lines', () => {
  it('has brackets around IPv6', () => {
    expect(serverName({ address: '2001:db8::1', port: 80 })).toBe('[2001:db8::1]:80');
    expect(serverName({ address: '10.0.0.1', port: 80 })).toBe('10.0.0.1:80');
  });
});
