import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCheck } from '../../../src/shell/checks/registry.js';
import { ignoring, type RunningServer, tcpServer } from '../../support/bad-servers.js';
import { isOverdue, timed } from '../../support/calm.js';
import { optionsOf } from '../../support/zoo/kinds.js';
import { planOf } from '../../support/zoo/suite.js';

const CONNECT_LIMIT_MS = 200;
/** Limit of every other step, and longer than a test takes. */
const STEP_LIMIT_MS = 600_000;

let silent: RunningServer;
beforeAll(async () => {
  silent = await ignoring();
});
afterAll(() => silent.close());

const page = {
  method: 'GET',
  path: '/',
  version: '1.1',
  headers: [],
  statuses: [],
  bodyLimitBytes: 1,
} as const;
const KINDS = {
  'a connect': {},
  'send and expect': { send: 'x', expect: 'y' },
  'tcp in a check block': optionsOf({ kind: 'tcp' }),
  http_get: optionsOf({ kind: 'http_get', ...page }),
  tls: optionsOf({ kind: 'tls', tls: { verify: 'none', warnDays: 0 } }),
  redis: optionsOf({ kind: 'redis' }),
} as const;

it.each(Object.entries(KINDS))('%s gives up a connect when its own limit is over', async (_, options) => {
  const limits = { ...options, connectTimeoutMs: CONNECT_LIMIT_MS };
  const check = await createCheck(planOf(limits, silent.target, STEP_LIMIT_MS));
  const run = await timed(() => check.run({ signal: new AbortController().signal }));
  expect(run.value).toMatchObject({ ok: false, reason: expect.stringMatching(/connect.* timed out/i) });
  expect(run).not.toSatisfy((one: typeof run) => isOverdue(one, CONNECT_LIMIT_MS));
});

it('the limit of a block of its own goes before it, and does not end an answer', async () => {
  const server = await tcpServer((socket) => {
    socket.once('data', () => setTimeout(() => socket.write('+PONG\r\n'), 2 * CONNECT_LIMIT_MS));
  });
  const options = optionsOf({ kind: 'redis', connectTimeoutMs: CONNECT_LIMIT_MS, timeoutMs: STEP_LIMIT_MS });
  const late = await createCheck(planOf(options, server.target, 1));
  expect(await late.run({ signal: new AbortController().signal })).toMatchObject({ ok: true });
  await server.close();
  const unheard = await createCheck(planOf(options, silent.target, STEP_LIMIT_MS));
  const run = await timed(() => unheard.run({ signal: new AbortController().signal }));
  expect(run.value.reason).toContain('connect timed out');
  expect(run).not.toSatisfy((one: typeof run) => isOverdue(one, CONNECT_LIMIT_MS));
});
