import { mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileStream } from '../../src/shell/file-stream.js';

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'file-stream-'));
  path = join(directory, 'pulse.log');
});

afterEach(() => rmSync(directory, { recursive: true }));

/** Writes a line and waits until the stream is done with it, in whatever way. */
function write(stream: FileStream, line: string): Promise<Error | null | undefined> {
  return new Promise((resolve) => stream.write(`${line}\n`, resolve));
}

describe('a file of log lines', () => {
  it('survives a full disk, and tells once how much was lost when there is room again', async () => {
    symlinkSync('/dev/full', path);
    const stream = new FileStream(path);
    for (const line of ['one', 'two', 'three']) expect(await write(stream, line)).toBeFalsy();
    unlinkSync(path);
    for (const line of ['four', 'five']) await write(stream, line);
    const [note, ...rest] = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(note).toMatch(/^\d{4}-\S+Z 3 log lines were lost$/);
    expect(rest).toEqual(['four', 'five']);
  });

  it('writes what came in meanwhile in one go and in order', async () => {
    const stream = new FileStream(path);
    await Promise.all(['one', 'two', 'three', 'four'].map((line) => write(stream, line)));
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\nfour\n');
  });
});
