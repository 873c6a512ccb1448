import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomically, writePidFile } from '../src/process-files.js';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-process-files-'));
  file = join(directory, 'daemon.pid');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The file beside the one that is written has no room: what goes there ends as on a full disk. */
function fillTheDisk(): void {
  symlinkSync('/dev/full', `${file}.${process.pid}`);
}

describe('writeFileAtomically', () => {
  it('leaves nothing beside the file where the disk is full', () => {
    writeFileSync(file, 'old\n');
    fillTheDisk();
    expect(() => writeFileAtomically(file, 'new\n')).toThrow('ENOSPC');
    expect(readdirSync(directory)).toEqual(['daemon.pid']);
    expect(readFileSync(file, 'utf8')).toBe('old\n');
  });

  it('leaves nothing beside a place that cannot be written', () => {
    mkdirSync(file);
    expect(() => writeFileAtomically(file, 'new\n')).toThrow();
    expect(readdirSync(directory)).toEqual(['daemon.pid']);
  });
});

describe('writePidFile', () => {
  it('writes one line', () => {
    expect(writePidFile(file, 4711)).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe('4711\n');
  });

  it('puts the number in the place of the one before where the disk is full', () => {
    writeFileSync(file, '1234567\n');
    fillTheDisk();
    expect(writePidFile(file, 4711)).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe('4711\n');
    expect(readdirSync(directory)).toEqual(['daemon.pid']);
  });

  it('gives the error back where there is no such place: a full disk must not end a daemon', () => {
    fillTheDisk();
    expect(writePidFile(file, 4711)?.message).toContain('ENOSPC');
    expect(readdirSync(directory)).toEqual([]);
  });
});
