import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROGRAMS, programUrl } from '../bin/programs.js';
import { type BinaryName, binaryPath } from '../src/binaries.js';

describe('what a program runs', () => {
  let root: string;
  const packages = () => pathToFileURL(`${root}/`);
  const chosen = () => programUrl('lvsd', packages()).pathname.slice(root.length);

  function fileOf(second: number, ...path: readonly string[]): void {
    const file = join(root, ...path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '');
    utimesSync(file, second, second);
  }

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'piranha-programs-'));
    fileOf(100, 'lvs', 'dist', '.tsbuildinfo');
    fileOf(100, 'config', 'dist', '.tsbuildinfo');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is its bundle, where that is as new as every package', () => {
    fileOf(100, 'lvs', 'bundle', 'lvsd.js');
    expect(chosen()).toBe('/lvs/bundle/lvsd.js');
  });

  it('is its own build, where another package was built since', () => {
    fileOf(100, 'lvs', 'bundle', 'lvsd.js');
    fileOf(101, 'config', 'dist', '.tsbuildinfo');
    expect(chosen()).toBe('/lvs/dist/main.js');
  });

  it('is its own build, where nothing was bundled', () => {
    expect(chosen()).toBe('/lvs/dist/main.js');
  });
});

describe('the programs', () => {
  it.each(Object.keys(PROGRAMS))('%s has a command', (name) => {
    const [owner] = PROGRAMS[name] ?? [];
    const command = binaryPath(name as BinaryName);
    expect(command).toContain(`/packages/${owner}/bin/`);
    expect(existsSync(command)).toBe(true);
  });
});
