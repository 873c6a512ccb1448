import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putAside, readFileLimited, replaceFile } from '../../src/index.js';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-source-'));
  file = join(directory, 'lvs.cf');
  writeFileSync(file, 'one', { mode: 0o640 });
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (path: string) => readFileSync(path, 'utf8');

async function become(text: string) {
  const source = await readFileLimited(file, 100);
  const aside = await putAside(source);
  await replaceFile(source, bytesOf(text));
  return aside;
}

describe('a file that is put aside', () => {
  it('goes back with everything that it was', async () => {
    const before = statSync(file);
    const aside = await become('two');
    expect(textOf(file)).toBe('two');
    await aside.restore();
    const { ino, mode, mtimeMs } = statSync(file);
    expect({ ino, mode, mtimeMs }).toEqual({ ino: before.ino, mode: before.mode, mtimeMs: before.mtimeMs });
    expect(existsSync(`${file}.bak.1`)).toBe(false);
  });

  it('is kept as the newest of five', async () => {
    for (const text of ['two', 'three', 'four', 'five', 'six', 'seven']) {
      expect(await (await become(text)).keep()).toBe(`${file}.bak.1`);
    }
    const kept = [1, 2, 3, 4, 5].map((number) => textOf(`${file}.bak.${number}`));
    expect(kept).toEqual(['six', 'five', 'four', 'three', 'two']);
    expect(existsSync(`${file}.bak.6`)).toBe(false);
    expect(statSync(`${file}.bak.1`).mode & 0o777).toBe(0o640);
  });

  it('is not lost when a process died between putting aside and keeping', async () => {
    await become('two');
    await (await become('three')).keep();
    expect([textOf(`${file}.bak.1`), textOf(`${file}.bak.2`)]).toEqual(['two', 'one']);
    await putAside(await readFileLimited(file, 100));
    await (await become('four')).keep();
    expect(textOf(`${file}.bak.1`)).toBe('three');
    expect(textOf(`${file}.bak.2`)).toBe('two');
  });

  it('leaves nothing behind when nothing took its place', async () => {
    await (await putAside(await readFileLimited(file, 100))).drop();
    expect(existsSync(`${file}.lvsctl-old`)).toBe(false);
  });

  it('is the file behind a link', async () => {
    const link = join(directory, 'link.cf');
    symlinkSync(file, link);
    const aside = await putAside(await readFileLimited(link, 100));
    expect(await aside.keep()).toBe(`${file}.bak.1`);
  });
});
