import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadBeatKeys, newBeatKeyLine, newBootId } from '../../src/beat.js';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-keys-'));
  file = join(directory, 'beat.keys');
  writeFileSync(file, `${newBeatKeyLine(3)}\n`, { mode: 0o600 });
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const refusal = (code: string) => expect.objectContaining({ code, message: expect.stringContaining(file) });

describe('loading a key file', () => {
  it.each([0o600, 0o400])('takes mode %o', (mode) => {
    chmodSync(file, mode);
    const ring = loadBeatKeys(file);
    expect([ring.sendId, ring.secrets.get(3)?.symmetricKeySize]).toEqual([3, 32]);
  });

  it.each([0o640, 0o604, 0o660, 0o644, 0o700, 0o200])('refuses mode %o', (mode) => {
    chmodSync(file, mode);
    const isUnreadable = process.getuid?.() !== 0 && (mode & 0o400) === 0;
    expect(() => loadBeatKeys(file)).toThrow(refusal(isUnreadable ? 'BEAT_KEYS_READ' : 'BEAT_KEYS_MODE'));
  });

  it('follows no symbolic link', () => {
    const target = join(directory, 'target');
    writeFileSync(target, newBeatKeyLine(1), { mode: 0o600 });
    rmSync(file);
    symlinkSync(target, file);
    expect(() => loadBeatKeys(file)).toThrow(refusal('BEAT_KEYS_LINK'));
  });

  it('wants a plain file, and does not wait for a pipe', () => {
    rmSync(file);
    expect(() => loadBeatKeys(file)).toThrow(refusal('BEAT_KEYS_READ'));
    execFileSync('mkfifo', ['-m', '600', file]);
    expect(() => loadBeatKeys(file)).toThrow(refusal('BEAT_KEYS_NO_FILE'));
    rmSync(file);
    mkdirSync(file, { mode: 0o700 });
    expect(() => loadBeatKeys(file)).toThrow(refusal('BEAT_KEYS_NO_FILE'));
  });

  it.skipIf(process.getuid?.() !== 0)('refuses a file of another user (needs root)', () => {
    chownSync(file, 12_345, 12_345);
    expect(() => loadBeatKeys(file)).toThrow(refusal('BEAT_KEYS_OWNER'));
  });

  it('refuses a long file', () => {
    writeFileSync(file, '#'.repeat(16_385));
    expect(() => loadBeatKeys(file)).toThrow(refusal('BEAT_KEYS_TOO_LARGE'));
  });

  it('names file, line and column of what is wrong, with a hint', () => {
    writeFileSync(file, `# keys\n1 secret\n`);
    expect(() => loadBeatKeys(file)).toThrow(
      expect.objectContaining({
        code: 'BEAT_KEYS_SECRET',
        message: expect.stringMatching(/beat\.keys:2:3: the secret of key 1 is neither /),
        hint: expect.stringContaining('lvsctl keygen'),
      }),
    );
  });

  it('shows the secret in no form that could be logged', () => {
    const line = newBeatKeyLine(9);
    writeFileSync(file, line);
    const ring = loadBeatKeys(file);
    const shown =
      inspect(ring, { depth: 9, showHidden: true }) + JSON.stringify([...ring.secrets]) + String(ring);
    const secret = line.split(' ')[1] ?? '';
    expect(ring.secrets.get(9)?.export().toString('hex')).toBe(secret);
    expect(shown).not.toContain(secret.slice(0, 8));
  });
});

describe('what is drawn', () => {
  it('is of the right form and never twice the same', () => {
    expect(newBeatKeyLine(5)).toMatch(/^5 [0-9a-f]{64}$/);
    expect(newBootId()).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(Array.from({ length: 100 }, newBootId)).size).toBe(100);
  });
});
