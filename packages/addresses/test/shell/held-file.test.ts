import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHeldFile, writeHeldFile } from '../../src/shell/held-file.js';

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'held-file-'));
  path = join(directory, 'run', 'addresses');
});

afterEach(() => rmSync(directory, { recursive: true }));

const HELD = [
  { address: '10.0.0.9', prefixLength: 32, interface: 'eth0' },
  { address: '2001:db8::9', prefixLength: 128, interface: 'bond0.5' },
] as const;

describe('the record of our addresses', () => {
  it('is read as it was written', () => {
    expect(writeHeldFile(path, HELD)).toBeUndefined();
    expect(readHeldFile(path)).toEqual({ held: HELD, problem: undefined });
    expect(readFileSync(path, 'utf8').endsWith('}\n')).toBe(true);
  });

  it('is no file when it is empty', () => {
    expect(readHeldFile(path)).toEqual({ held: [], problem: undefined });
    writeHeldFile(path, HELD);
    expect(writeHeldFile(path, [])).toBeUndefined();
    expect(existsSync(path)).toBe(false);
    expect(writeHeldFile(path, [])).toBeUndefined();
  });

  it.each([
    ['cut off', '{"addresses":[{"addr'],
    ['of another kind', '[]'],
    ['with a network', '{"addresses":[{"address":"10.0.0.9","prefixLength":24,"interface":"eth0"}]}'],
    ['with words for an address', '{"addresses":[{"address":"eth0","prefixLength":32,"interface":"eth0"}]}'],
    ['too large', ' '.repeat(1024 * 1024 + 1)],
    ['empty', ''],
  ])('is not used when it is %s', (_, text) => {
    writeHeldFile(path, HELD);
    writeFileSync(path, text);
    const { held, problem } = readHeldFile(path);
    expect(held).toEqual([]);
    expect(problem).toContain(path);
  });

  it('gives back why it cannot be written', () => {
    const occupied = join(directory, 'file');
    writeFileSync(occupied, '');
    expect(writeHeldFile(join(occupied, 'addresses'), HELD)).toBeInstanceOf(Error);
  });
});
