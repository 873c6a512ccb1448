import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { includeReader, readNamed } from '../../src/shell/includes.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-include-'));
  mkdirSync(join(directory, 'parts/deep'), { recursive: true });
  for (const name of ['b.conf', 'a.conf', '.hidden.conf', 'c.other', 'deep/d.conf']) {
    writeFileSync(join(directory, 'parts', name), `${name}\n`);
  }
});
afterEach(() => rmSync(directory, { recursive: true }));

function texts(pattern: string): readonly string[] | string {
  const sources = includeReader()(pattern, join(directory, 'main.conf'));
  return typeof sources === 'string' ? sources : sources.map(({ text }) => text.trim());
}

describe('include', () => {
  it.each([
    ['parts/a.conf', ['a.conf']],
    ['parts/*.conf', ['a.conf', 'b.conf']],
    ['parts/{b,a}.conf', ['b.conf', 'a.conf']],
    ['parts/*/?.conf', ['deep/d.conf']],
    ['./parts/../parts/c.*', ['c.other']],
  ])('%s', (pattern, names) => {
    expect(texts(pattern)).toEqual(names);
  });

  it.each([
    ['parts/none-*.conf', 'it names no file that is there'],
    ['', 'it names no file that is there'],
    ['parts/none.conf', 'ENOENT'],
    ['parts/deep', 'is no ordinary file'],
  ])('%j: %s', (pattern, reason) => {
    expect(texts(pattern)).toEqual(expect.stringContaining(reason));
  });

  it('reads no file beyond 4 MiB', () => {
    truncateSync(join(directory, 'parts/a.conf'), 5 * 1024 * 1024);
    expect(readNamed(join(directory, 'parts/a.conf'))).toEqual(expect.stringContaining('larger than 4 MiB'));
  });

  it('reads at most 1,000 files', () => {
    const read = includeReader();
    const from = join(directory, 'main.conf');
    for (let count = 0; count < 500; count += 1) expect(read('parts/[ab].conf', from)).toHaveLength(2);
    expect(read('parts/a.conf', from)).toBe('more than 1000 files are included');
  });

  it('follows links, and stops where they lead in circles', () => {
    symlinkSync('loop', join(directory, 'loop'));
    expect(texts('loop')).toEqual(expect.stringContaining('ELOOP'));
  });
});
