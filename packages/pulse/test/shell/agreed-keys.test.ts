import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBeatKeys } from '@piranha/protocol/beat';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgreedKeys } from '../../src/shell/agreed-keys.js';

let directory: string;
let file: string;
const problems: string[] = [];
const newKeys = () => new AgreedKeys(file, (problem) => problems.push(problem));
const keyOf = (id: number) => ({
  id,
  secret: Buffer.from(Array.from({ length: 32 }, (_, at) => (id + at) & 255)),
});

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-agreed-'));
  file = join(directory, 'agreed.keys');
  problems.splice(0);
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('keys that were agreed on', () => {
  it('are found again by the next process, the newest to send by and the one before it', () => {
    const keys = newKeys();
    keys.load();
    expect(keys.ring).toBeUndefined();
    for (const id of [1, 2, 3]) keys.add(keyOf(id));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const next = newKeys();
    next.load();
    for (const ring of [keys.ring, next.ring, loadBeatKeys(file)]) {
      expect(ring?.sendId).toBe(3);
      expect([...(ring?.secrets.keys() ?? [])].sort()).toEqual([2, 3]);
      expect(ring?.secrets.get(3)?.export()).toEqual(keyOf(3).secret);
    }
    next.add(keyOf(4));
    expect([...(next.ring?.secrets.keys() ?? [])]).toEqual([3, 4]);
    expect(readdirSync(directory)).toEqual(['agreed.keys']);
    expect(problems).toEqual([]);
  });

  it('are not taken from a file that others may read, or that is broken: it is put away', () => {
    newKeys().add(keyOf(1));
    chmodSync(file, 0o644);
    const keys = newKeys();
    keys.load();
    expect(keys.ring).toBeUndefined();
    expect(problems.join()).toContain('0644');
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, 'nonsense', { mode: 0o600 });
    keys.load();
    expect(problems).toHaveLength(2);
    keys.add(keyOf(2));
    expect(readFileSync(file, 'utf8')).toMatch(/^2 [0-9a-f]{64} send\n$/);
  });

  it('are good for this process where they cannot be written', () => {
    const keys = new AgreedKeys(join(directory, 'no', 'where'), (problem) => problems.push(problem));
    keys.add(keyOf(1));
    expect(keys.ring?.sendId).toBe(1);
    expect(problems.join()).toContain('ENOENT');
  });
});
