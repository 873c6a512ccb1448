import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOwned, removeOwned, saveOwned } from '../../src/index.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-owned-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the owned file', () => {
  it('gives back what was saved, leaves no temporary file, and is gone when removed', async () => {
    const path = join(directory, 'owned');
    expect(readOwned(path)).toEqual(new Set());
    const keys = new Set(['tcp 10.0.0.9:80', 'tcp 10.0.0.9:80 10.0.0.11:80', 'mark 7']);
    await saveOwned(path, keys);
    await saveOwned(path, keys);
    expect(readOwned(path)).toEqual(keys);
    expect(readdirSync(directory)).toEqual(['owned']);
    removeOwned(path);
    removeOwned(path);
    expect(readOwned(path)).toEqual(new Set());
  });

  it('tolerates a half line and blank lines of an edit by hand', () => {
    const path = join(directory, 'owned');
    writeFileSync(path, '\nmark 7\n\nmark 8');
    expect(readOwned(path)).toEqual(new Set(['mark 7', 'mark 8']));
  });

  it('is not guessed at when it cannot be read', () => {
    mkdirSync(join(directory, 'owned'));
    expect(() => readOwned(join(directory, 'owned'))).toThrow();
  });
});
