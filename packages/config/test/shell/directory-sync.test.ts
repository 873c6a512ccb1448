import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { putAside, readFileLimited, replaceFile } from '../../src/index.js';

/** A file system whose directories cannot be synced. */
vi.mock('node:fs/promises', async (original) => {
  const real = await original<{ open: typeof open }>();
  const openFile: typeof open = async (path, ...rest) => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error('EINVAL');
    return real.open(path, ...rest);
  };
  return { ...real, open: openFile };
});

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-sync-'));
  file = join(directory, 'lvs.cf');
  writeFileSync(file, 'one');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('where a directory cannot be synced', () => {
  it('a file that was replaced is said to be, and its old one can come back', async () => {
    const source = await readFileLimited(file, 100);
    const aside = await putAside(source);
    await replaceFile(source, new TextEncoder().encode('two'));
    expect(readFileSync(file, 'utf8')).toBe('two');
    await aside.restore();
    expect(readFileSync(file, 'utf8')).toBe('one');
  });

  it('an old file is kept all the same', async () => {
    const source = await readFileLimited(file, 100);
    const aside = await putAside(source);
    await replaceFile(source, new TextEncoder().encode('two'));
    expect(readFileSync(await aside.keep(), 'utf8')).toBe('one');
  });
});
