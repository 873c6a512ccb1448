import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { CheckOutcome } from '../../../src/check.js';
import type { CheckPlan } from '../../../src/core/check-plan.js';
import { createCheck } from '../../../src/shell/checks/registry.js';
import { watchLoad } from '../../../src/shell/load-watch.js';
import { type NamelessSpec, planFor } from '../../support/spec-plan.js';

const NO_FILES = 7;
const directory = mkdtempSync(join(tmpdir(), 'nanny-emfile-'));
const passwordFile = join(directory, 'password');
writeFileSync(passwordFile, 'secret\n', { mode: 0o600 });
afterAll(() => rmSync(directory, { recursive: true }));

const koffi = createRequire(new URL('../../../../net/src/libc.ts', import.meta.url))('koffi');
const libc = koffi.load('libc.so.6');
const getLimit = libc.func('int getrlimit(int, void *)');
const setLimit = libc.func('int setrlimit(int, const void *)');

/** Runs something in a process that can open nothing more. */
async function withoutDescriptors<Value>(run: () => Promise<Value>): Promise<Value> {
  const limits = Buffer.alloc(16);
  getLimit(NO_FILES, limits);
  const none = Buffer.from(limits);
  none.writeBigUInt64LE(0n, 0);
  setLimit(NO_FILES, none);
  try {
    return await run();
  } finally {
    setLimit(NO_FILES, limits);
  }
}

const target = { address: '127.0.0.1', port: 9 };
const words = ['/bin/true'];
const program: NamelessSpec = {
  kind: 'program',
  program: '/bin/true',
  arguments: 'none',
  miscDynamic: false,
};
const PLANS: readonly (readonly [string, CheckPlan])[] = [
  ['a connect', { kind: 'tcp-connect', target, stepLimitMs: 1_000 }],
  ['a program', { kind: 'program', target, stepLimitMs: 1_000, words, expect: undefined }],
  [
    'a datagram',
    {
      kind: 'udp',
      target,
      stepLimitMs: 1_000,
      send: Buffer.from('x'),
      expectation: undefined,
      silencePasses: true,
    },
  ],
  ['a block', planFor(target, { kind: 'tcp' })],
  ['a program of a block', planFor(target, program)],
  ['a password', planFor(target, { kind: 'redis', passwordFile } as NamelessSpec)],
  ['a file', planFor(target, { kind: 'file', path: passwordFile, absent: false } as NamelessSpec)],
];

it.each(PLANS)('%s without a descriptor says nothing of the server', async (_, plan) => {
  const check = await createCheck(plan);
  const run = () => check.run({ signal: new AbortController().signal });
  // What is loaded at the first run is loaded now.
  await run();
  const outcome: CheckOutcome = await withoutDescriptors(run);
  expect(outcome).toMatchObject({ ok: false, undecided: true });
  expect(outcome.reason).toContain('EMFILE');
  expect((await run()).undecided).toBeUndefined();
});

it('a load monitor without a descriptor is a line in the log', async () => {
  const lines: string[] = [];
  const reporter = {
    log: ({ event }: { readonly event: string }) => lines.push(event),
    result: () => {},
    transition: () => {},
    reading: () => {},
  };
  const options = { words, intervalMs: 60_000, server: '10.0.0.1:80', reporter, isUp: () => true };
  await withoutDescriptors(async () => {
    const watch = watchLoad(options);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await watch.stop();
  });
  expect(lines).toEqual(['NANNY_LOAD_FAILED']);
});
