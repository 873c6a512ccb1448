import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MaintenanceOrder } from '../../src/core/types.js';
import { MaintenanceFile } from '../../src/shell/maintenance-file.js';

const ORDER: MaintenanceOrder = {
  unlessAlone: true,
  by: 'alice',
  at: '2026-03-01T12:00:00.000Z',
  reason: 'x "y"',
};

let base: string;
let directory: string;
let lines: string[];
let file: MaintenanceFile;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'maintenance-'));
  directory = join(base, 'state');
  lines = [];
  file = new MaintenanceFile(directory, { log: (id) => void lines.push(id) });
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('the order on disk', () => {
  it('is none without a file, and nothing is made for that', () => {
    expect(file.read()).toBeUndefined();
    expect(file.save(undefined)).toBeUndefined();
    expect(readdirSync(base)).toEqual([]);
  });

  it('is read as it was written, by its owner only, and gone when it is over', () => {
    file.tryOut();
    expect(readdirSync(directory)).toEqual([]);
    expect(file.save(ORDER)).toBeUndefined();
    expect(file.read()).toEqual(ORDER);
    expect(readdirSync(directory)).toEqual(['maintenance']);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'maintenance')).mode & 0o777).toBe(0o600);
    file.save({ ...ORDER, unlessAlone: false });
    expect(file.read()?.unlessAlone).toBe(false);
    expect(file.save(undefined)).toBeUndefined();
    expect(file.read()).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it.each([
    ['empty', ''],
    ['cut off', '{"version":1,"unl'],
    ['of another kind', '[]'],
    ['of a later version', JSON.stringify({ version: 2, ...ORDER })],
    ['without a word', JSON.stringify({ version: 1, ...ORDER, by: undefined })],
    ['too large', JSON.stringify({ version: 1, ...ORDER }).padEnd(5_000)],
  ])('%s: keeps this node out, with a line that says so', (_, text) => {
    mkdirSync(directory);
    writeFileSync(join(directory, 'maintenance'), text);
    expect(file.read()).toMatchObject({ unlessAlone: false, by: 'unknown' });
    expect(file.read()?.reason).toContain(join(directory, 'maintenance'));
    expect(lines).toContain('PULSE_MAINTENANCE_BROKEN');
  });

  it('that cannot be read or written is no accident to be silent about', () => {
    mkdirSync(join(directory, 'maintenance'), { recursive: true });
    expect(file.read()).toMatchObject({ unlessAlone: false });
    expect(file.save(ORDER)).toContain('maintenance');
    expect(lines).toEqual(['PULSE_MAINTENANCE_BROKEN', 'PULSE_STATE_UNWRITABLE']);

    writeFileSync(join(base, 'plain'), '');
    const nowhere = new MaintenanceFile(join(base, 'plain'), { log: () => undefined });
    expect(() => nowhere.tryOut()).toThrow();
    expect(nowhere.read()).toBeUndefined();
    chmodSync(base, 0o700);
  });
});
