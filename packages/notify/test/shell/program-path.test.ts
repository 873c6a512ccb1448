import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pathElements } from '../../src/shell/program-path.js';

let base: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'piranha-path-')));
  for (const directory of ['app', 'home/v1']) mkdirSync(join(base, directory), { recursive: true });
  for (const file of ['app/run', 'home/run', 'home/v1/run']) writeFileSync(join(base, file), '');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** What leads to a path below the base, as paths below the base. */
function below(path: string): string[] {
  const paths = pathElements(`${base}/${path}`).map((element) => element.path);
  return paths.flatMap((each) => (each.startsWith(`${base}/`) ? each.slice(base.length + 1) : []));
}

describe('what leads to a program', () => {
  it('is every directory and the file, from the root on', () => {
    expect(pathElements(`${base}/app/run`)[0]).toMatchObject({ path: '/', kind: 'directory' });
    expect(below('./app//run')).toEqual(['app', 'app/run']);
  });

  it.each(['../home/v1', 'BASE/home/v1'])('is a link and what it leads to: %s', (target) => {
    symlinkSync(target.replace('BASE', base), join(base, 'app/current'));
    expect(below('app/current/run')).toEqual(
      expect.arrayContaining(['app/current', 'home', 'home/v1', 'home/v1/run']),
    );
  });

  it('is what the kernel meets where a path goes up behind a link', () => {
    symlinkSync('../home/v1', join(base, 'app/current'));
    expect(below('app/current/../run').at(-1)).toBe('home/run');
    symlinkSync('current/../run', join(base, 'app/link'));
    expect(below('app/link').at(-1)).toBe('home/run');
  });

  it('ends where links lead in a circle', () => {
    symlinkSync('circle', join(base, 'app/circle'));
    expect(() => pathElements(`${base}/app/circle`)).toThrow('too many links');
  });
});
