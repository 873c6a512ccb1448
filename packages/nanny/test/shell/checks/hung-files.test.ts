import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createCheck } from '../../../src/shell/checks/registry.js';
import { type NamelessSpec, planFor, runSpec } from '../../support/spec-plan.js';
import { TCP_ANIMALS } from '../../support/zoo/servers.js';

const opened: string[] = [];

/** A file system that does not answer, as of a server that is gone. */
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const open: typeof real.open = (path, ...rest) => {
    if (!String(path).startsWith('/hung/')) return real.open(path, ...rest);
    opened.push(String(path));
    return new Promise(() => {});
  };
  return { ...real, open };
});

const LIMIT_MS = 100;
const PAGE = {
  kind: 'http_get',
  method: 'GET',
  path: '/',
  version: '1.1',
  headers: [],
  statuses: [[200, 200]],
  bodyLimitBytes: 100,
} as const;
const SPECS: readonly (readonly [string, NamelessSpec])[] = [
  ['password', { kind: 'redis', user: undefined, passwordFile: '/hung/password' } as NamelessSpec],
  ['headers', { ...PAGE, headersFile: '/hung/headers' } as NamelessSpec],
  ['authorities', { kind: 'tls', tls: { verify: 'ca', caFile: '/hung/authorities', warnDays: 14 } }],
  ['file', { kind: 'file', path: '/hung/file', absent: false } as NamelessSpec],
];
const directory = mkdtempSync(join(tmpdir(), 'nanny-hung-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('a file system that hangs', () => {
  it.each(SPECS)('ends a check in time, and holds one thread: %s', async (name, spec) => {
    const server = await TCP_ANIMALS.works?.({ answer: '', tls: true });
    if (!server) throw new Error('no server');
    const check = await createCheck(planFor(server.target, spec, LIMIT_MS));
    const other = await createCheck(planFor(server.target, spec, 60_000));
    const controller = new AbortController();
    const waiting = other.run({ signal: controller.signal });
    for (let run = 0; run < 2; run++) {
      const outcome = await check.run({ signal: new AbortController().signal });
      expect(outcome).toMatchObject({ ok: false });
      expect(outcome.reason).toContain(`/hung/${name}: no answer in time`);
    }
    controller.abort();
    expect(await waiting).toMatchObject({ ok: false });
    expect(opened.filter((path) => path === `/hung/${name}`)).toHaveLength(1);
    await server.close();
  });
});

it('a pipe in place of a file is not waited for', async () => {
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', ['-m', '600', pipe]);
  const server = await TCP_ANIMALS.works?.({ answer: '', tls: true });
  if (!server) throw new Error('no server');
  const spec: NamelessSpec = { kind: 'tls', tls: { verify: 'ca', caFile: pipe, warnDays: 14 } };
  const { reason } = await runSpec(server.target, spec);
  await server.close();
  expect(reason).toContain(`cannot read ${pipe}: it is no regular file`);
});
