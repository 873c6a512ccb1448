import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../support/run.js';

const SAMPLE = readFileSync(new URL('../../../../etc/samples/heartbeat-key.cf', import.meta.url), 'utf8');

const KEY_LINE = SAMPLE.split('\n').findIndex((line) => line.startsWith('heartbeat_key')) + 1;

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-check-key-'));
  file = join(directory, 'beat.keys');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const check = (...more: readonly string[]) =>
  run(['check', ...more, '-'], SAMPLE.replace(/^heartbeat_key = .*$/m, `heartbeat_key = ${file}`));

it('lvsctl check takes a key file of lvsctl keygen', async () => {
  writeFileSync(file, `${newBeatKeyLine(1)}\n`, { mode: 0o600 });
  expect(await check()).toMatchObject({ status: 0, stdout: expect.stringContaining('ok') });
});

it('lvsctl check refuses a key file that others may read, with place and remedy', async () => {
  writeFileSync(file, `${newBeatKeyLine(1)}\n`);
  chmodSync(file, 0o644);
  const { status, stderr } = await check();
  expect(status).toBe(1);
  expect(stderr).toContain(`:${KEY_LINE}:1: error BEAT_KEYS_MODE: ${file}: has mode 0644`);
  expect(stderr).toContain('chmod 600');
});

it('lvsctl check names the wrong line of a key file, and no part of a secret', async () => {
  const line = newBeatKeyLine(1);
  writeFileSync(file, `${line}\n${line} send\n`, { mode: 0o600 });
  const { status, stdout } = await check('--json');
  expect(status).toBe(1);
  const { ok, diagnostics } = JSON.parse(stdout);
  expect(ok).toBe(false);
  expect(diagnostics).toEqual([expect.objectContaining({ code: 'BEAT_KEYS_DUPLICATE', line: KEY_LINE })]);
  expect(stdout).not.toContain(line.split(' ')[1]);
});

it('lvsctl check misses a key file that is not there', async () => {
  const { status, stderr } = await check();
  expect(status).toBe(1);
  expect(stderr).toContain('BEAT_KEYS_READ');
});
