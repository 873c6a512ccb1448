import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadBeatSetup, newBeatKeyLine, pairBeatNames } from '../../src/beat.js';

const directory = mkdtempSync(join(tmpdir(), 'beat-setup-'));
const file = join(directory, 'beat.keys');
writeFileSync(file, `${newBeatKeyLine(7)}\n`, { mode: 0o600 });
afterAll(() => rmSync(directory, { recursive: true }));

it.each(['primary', 'backup'] as const)('a %s of a pair may speak', (role) => {
  expect(loadBeatSetup(file, pairBeatNames(role)).sendId).toBe(7);
});

it('refuses names that could make a beat too long, before any is sent', () => {
  const groups = Array.from({ length: 32 }, (_, index) => `group-with-a-long-name-${index}`);
  const load = () => loadBeatSetup(file, { ...pairBeatNames('primary'), groups });
  expect(load).toThrow(expect.objectContaining({ code: 'BEAT_NO_ROOM' }));
});
