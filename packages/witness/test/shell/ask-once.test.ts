import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askWitness } from '../../src/shell/ask-once.js';
import { closedPort, Host, http, tcp } from '../support/hosts.js';

const LIMIT_MS = 5_000;

describe('a question by hand', () => {
  let web: Host;

  beforeEach(async () => {
    web = await Host.http();
  });
  afterEach(() => web.close());

  it('by TCP is answered by a connection', async () => {
    const answer = await askWitness(tcp(web.port), LIMIT_MS);
    expect(answer).toEqual({ name: `tcp 127.0.0.2:${web.port}`, roundTripMs: expect.any(Number) });
  });

  it('by TCP is not answered by a refusal', async () => {
    expect(await askWitness(tcp(await closedPort()), LIMIT_MS)).toMatchObject({ problem: 'ECONNREFUSED' });
  });

  it.each([
    ['/200', undefined],
    ['/204', undefined],
    ['/302', undefined],
    ['/404', 'status 404'],
    ['/503', 'status 503'],
    ['/flood', undefined],
  ])('by HTTP: %s', async (path, problem) => {
    const answer = await askWitness(http(web.port, path), LIMIT_MS);
    expect(answer.problem).toBe(problem);
    expect(answer.roundTripMs === undefined).toBe(problem !== undefined);
  });

  it('waits no longer than told', async () => {
    expect(await askWitness(http(web.port, '/silent'), 100)).toMatchObject({
      problem: 'no answer within 100 ms',
    });
  });

  it('is not asked of this machine itself', async () => {
    const own = networkInterfaces().lo?.[0]?.address ?? '127.0.0.1';
    const target = { ...tcp(web.port), address: own } as const;
    expect(await askWitness(target, LIMIT_MS)).toMatchObject({
      problem: 'this machine has the address itself',
    });
  });
});
