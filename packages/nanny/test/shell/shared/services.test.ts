import { createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Outbox } from '../../../src/shell/shared/outbox.js';
import { SharedServices } from '../../../src/shell/shared/services.js';
import { TCP_ZOO } from '../../support/bad-servers.js';

type Message = readonly [number: number, event: string, data: unknown];

const WAIT = { timeout: 30_000, interval: 5 };
let services: SharedServices | undefined;
const servers: { close(): unknown }[] = [];

afterEach(async () => {
  await services?.stop();
  for (const server of servers.splice(0)) server.close();
});

function start() {
  const batches: (readonly Message[])[] = [];
  services = new SharedServices(new Outbox((messages) => batches.push(messages)));
  const said = (number: number, event: string) =>
    batches.flat().filter((message) => message[0] === number && message[1] === event);
  return { services, batches, said };
}

async function listening(onConnect: () => void = () => {}): Promise<number> {
  const server = createServer((socket) => {
    onConnect();
    socket.on('error', () => {}).resume();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function refusing(): Promise<number> {
  const server = await TCP_ZOO.refuses();
  servers.push(server);
  return server.target.port;
}

function assignment(
  number: number,
  port: number,
  more: readonly string[] = [],
  state: 'up' | 'unknown' = 'unknown',
) {
  const words = [
    '-h',
    '127.0.0.1',
    '-p',
    '81',
    '-r',
    String(port),
    '-t',
    '0.05',
    '-a',
    '0',
    '-w',
    '1',
    '--lvs',
  ];
  return { number, id: `web${number} tcp 127.0.0.1:${port}`, words: [...words, ...more], state };
}

/** Whose intervals are told within two rounds of three parts. */
function told(services: SharedServices): readonly number[] {
  const parts = Array.from({ length: 6 }, () => services.nextIntervals(3));
  for (const part of parts) expect(part.length).toBeLessThanOrEqual(2);
  return [...new Set(parts.flat().map(([number]) => number))].sort((one, other) => one - other);
}

describe('the services of a shared nanny', () => {
  it('that are known are checked at once, however long the warmup', async () => {
    const port = await listening();
    const { services, said } = start();
    await services.assign(assignment(1, port, ['--warmup', '3600'], 'up'));
    await vi.waitFor(() => expect(said(1, 'nanny.result')).toHaveLength(1), WAIT);
  });

  it('of one real server share a probe; whoever comes later is told at once', async () => {
    let connects = 0;
    const port = await listening(() => {
      connects += 1;
    });
    const { services, said } = start();
    expect(await services.assign(assignment(1, port))).toBeUndefined();
    await vi.waitFor(() => expect(said(1, 'nanny.result')).toHaveLength(1), WAIT);
    await services.assign(assignment(2, port, ['-V', '10.0.0.9', '-f', '3']));
    await vi.waitFor(() => expect(said(2, 'nanny.result')).toHaveLength(1), WAIT);
    expect(said(2, 'nanny.result')[0]?.[2]).toMatchObject({ ok: true, up: true });
    expect(said(2, 'nanny.transition')).toHaveLength(1);
    expect(services.load).toMatchObject({ services: 2, probes: 1 });
    // Another interval is another probe.
    await services.assign(assignment(3, port, ['-t', '0.06']));
    expect(services.load).toMatchObject({ services: 3, probes: 2 });
    const before = connects;
    await vi.waitFor(() => expect(connects).toBeGreaterThan(before + 3), WAIT);
    // What has not changed is not told again.
    expect(said(1, 'nanny.result')).toHaveLength(1);
    for (const number of [1, 2, 3]) services.revoke(number);
    expect(services.load).toMatchObject({ services: 0, probes: 0 });
  });

  it('are told of a failure with the lines of each', async () => {
    const { services, said } = start();
    const port = await refusing();
    await services.assign(assignment(1, port, [], 'up'));
    await services.assign(assignment(2, port, [], 'up'));
    await vi.waitFor(() => expect(said(2, 'nanny.transition')).toHaveLength(1), WAIT);
    for (const number of [1, 2]) {
      const lines = said(number, 'nanny.log').map(([, , data]) => (data as { event: string }).event);
      expect(lines).toEqual(['NANNY_STARTED', 'NANNY_CONNECT_FAILED', 'NANNY_SERVER_DOWN']);
    }
    expect(services.load.lateness?.count).toBeGreaterThan(0);
  });

  it('wait for the budget, and go on when it is lifted', async () => {
    const { services, said } = start();
    const port = await listening();
    services.setBudget(0.001);
    const numbers = [1, 2, 3, 4, 5];
    for (const number of numbers)
      await services.assign(assignment(number, port, ['--fall', String(number)], 'up'));
    await vi.waitFor(() => expect(services.load).toMatchObject({ begun: 1, waiting: 5 }), WAIT);
    expect(services.load.heldBack).toBe(5);
    expect(services.nextIntervals(1)).toEqual([]);
    services.setBudget(undefined);
    for (const number of numbers)
      await vi.waitFor(() => expect(said(number, 'nanny.result')).not.toHaveLength(0), WAIT);
    await vi.waitFor(() => expect(told(services)).toEqual(numbers), WAIT);
    for (const number of numbers) services.revoke(number);
    expect(told(services)).toEqual([]);
    expect(services.load.waiting).toBe(0);
  });

  it('that run programs wait for each other, and none is forgotten', async () => {
    const { services, said } = start();
    // Without an interval of its own the time limit is one: a busy machine takes longer to start a program.
    const program = ['-t', '30', '--check-interval', '0.05', '-e', 'sleep 0.2'];
    const numbers = Array.from({ length: 24 }, (_, index) => index + 1);
    for (const number of numbers) await services.assign(assignment(number, 1_000 + number, program));
    let most = 0;
    await vi.waitFor(() => {
      most = Math.max(most, services.load.running);
      expect(numbers.filter((number) => said(number, 'nanny.result').length === 0)).toEqual([]);
    }, WAIT);
    expect(most).toBeLessThanOrEqual(16);
    for (const number of numbers) expect(said(number, 'nanny.result')[0]?.[2]).toMatchObject({ up: true });
  });

  it('are checked by their check blocks, and share a probe where these are equal', async () => {
    const { services, said } = start();
    const port = await listening();
    const refused = await refusing();
    const alive = { name: 'alive', kind: 'tcp' };
    const checks = (...specs: object[]) => JSON.stringify({ require: 'all', specs });
    await services.assign({
      ...assignment(1, port),
      checks: checks(alive, { ...alive, name: 'far', port: refused }),
    });
    await services.assign({ ...assignment(2, port), checks: checks(alive) });
    await services.assign({ ...assignment(3, port, ['-V', '10.0.0.9']), checks: checks(alive) });
    await vi.waitFor(() => expect(said(1, 'nanny.result')).not.toHaveLength(0), WAIT);
    await vi.waitFor(() => expect(said(3, 'nanny.result')).not.toHaveLength(0), WAIT);
    expect(said(1, 'nanny.result')[0]?.[2]).toMatchObject({ ok: false, up: false });
    expect(said(3, 'nanny.result')[0]?.[2]).toMatchObject({ ok: true, up: true });
    expect(services.load).toMatchObject({ services: 3, probes: 2 });
    expect(await services.assign({ ...assignment(4, port), checks: '{' })).toContain('bad checks');
  });

  it('are told the weight that a program asks for, also who comes later', async () => {
    const { services, said } = start();
    const spec = { name: 'own', kind: 'program', program: '/bin/ls /nonexistent', arguments: 'none' };
    const checks = JSON.stringify({ require: 'all', specs: [{ ...spec, miscDynamic: true }] });
    // ls exits with status 2.
    await services.assign({ ...assignment(1, 1), checks });
    await vi.waitFor(() => expect(said(1, 'nanny.result')).toHaveLength(1), WAIT);
    await services.assign({ ...assignment(2, 1), checks });
    await vi.waitFor(() => expect(said(2, 'nanny.result')).toHaveLength(1), WAIT);
    expect(services.load.probes).toBe(1);
    for (const number of [1, 2]) {
      const readings = said(number, 'nanny.reading').map(([, , data]) => data);
      expect(readings).toMatchObject([{ reading: { kind: 'check', weight: 0 } }]);
    }
  });

  it('are refused with a reason where their words make no sense', async () => {
    const { services } = start();
    const one = assignment(1, 80);
    expect(await services.assign({ ...one, words: ['--shared', '1'] })).toContain('names no real service');
    expect(await services.assign({ ...one, words: ['-h', 'x'] })).toContain('bad IP address');
    expect(await services.assign(one)).toBeUndefined();
    expect(await services.assign(one)).toBe('it is assigned already');
    expect(services.load.services).toBe(1);
  });
});
