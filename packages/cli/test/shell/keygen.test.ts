import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBeatKeys } from '@piranha/protocol/beat';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../support/run.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvsctl-keygen-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('lvsctl keygen', () => {
  it('prints lines of which a key file can be made', async () => {
    const first = await run(['keygen']);
    const second = await run(['keygen', '--id', '4294967295']);
    expect([first.status, first.stderr, second.status, second.stderr]).toEqual([0, '', 0, '']);
    const file = join(directory, 'beat.keys');
    writeFileSync(file, `${first.stdout.trim()} send\n${second.stdout}`, { mode: 0o600 });
    const ring = loadBeatKeys(file);
    expect([ring.sendId, [...ring.secrets.keys()]]).toEqual([1, [1, 4_294_967_295]]);
  });

  it('draws another secret each time', async () => {
    const lines = await Promise.all(Array.from({ length: 5 }, async () => (await run(['keygen'])).stdout));
    expect(new Set(lines).size).toBe(5);
  });

  it('gives the line as JSON', async () => {
    const answer = JSON.parse((await run(['keygen', '--json', '--id', '7'])).stdout);
    expect(answer).toEqual({ id: 7, line: expect.stringMatching(/^7 [0-9a-f]{64}$/) });
  });

  it.each(['0', '-1', 'x', '1.5', '4294967296'])('refuses the id %s', async (id) => {
    const { status, stdout, stderr } = await run(['keygen', '--id', id]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('4294967295');
  });
});
