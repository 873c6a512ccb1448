import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckOutcome } from '../../../src/check.js';
import { type CheckOptions, planCheck } from '../../../src/core/check-plan.js';
import { createCheck } from '../../../src/shell/checks/registry.js';
import { planFor } from '../../support/spec-plan.js';

/** In a process of its own, for this one stands still while the reset is on its way. */
const RESETTING_SERVER = `
  const server = require('node:net').createServer((socket) => socket.resetAndDestroy());
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;
let child: ChildProcess;
let port = 0;

beforeAll(async () => {
  child = spawn(process.execPath, ['-e', RESETTING_SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  port = Number(await once(child.stdout as NodeJS.ReadableStream, 'data'));
});
afterAll(() => child.kill('SIGKILL'));

/** The outcome for a nanny that is held up until the server has taken the connection and reset it. */
async function outcomeOfLateLook(plan: ReturnType<typeof planFor>): Promise<CheckOutcome> {
  const check = await createCheck(plan);
  const running = check.run({ signal: new AbortController().signal });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  return running;
}

function oldPlan(options: Partial<CheckOptions> = {}) {
  return planCheck({
    target: { address: '127.0.0.1', port },
    virtualPort: 8080,
    udp: false,
    send: undefined,
    expect: undefined,
    useRegex: false,
    sendProgram: undefined,
    literalBackslashes: false,
    intervalMs: 5_000,
    ...options,
  }).plan;
}

const block = (reply?: string) =>
  planFor({ address: '127.0.0.1', port }, { kind: 'tcp', ...(reply && { reply }) } as never);

describe('a server that takes connections and resets them at once', () => {
  it('is up for a bare connect, however late this process looks', async () => {
    expect(await outcomeOfLateLook(oldPlan())).toMatchObject({ ok: true });
    expect(await outcomeOfLateLook(block())).toMatchObject({ ok: true });
  });

  it('is down for a check that wants an answer', async () => {
    expect(await outcomeOfLateLook(oldPlan({ expect: 'OK' }))).toMatchObject({ ok: false });
    expect(await outcomeOfLateLook(block('OK'))).toMatchObject({ ok: false });
  });
});
