import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  importsOf,
  impureCore,
  machineWords,
  type SourceFile,
  tooLong,
  withoutComments,
  wrongWay,
} from './rules.js';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const SIZE_LIMIT_BYTES = 2 * 1024 * 1024;

function trackedFiles(): readonly SourceFile[] {
  const names = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return names
    .split('\0')
    .filter(
      (path) =>
        path !== '' && existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).size < SIZE_LIMIT_BYTES,
    )
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

const files = trackedFiles();
const code = files.filter(({ path }) => /\.(?:ts|mjs|js)$/.test(path));

/** Follows a package's public door to the module that defines a name. */
function definedIn(from: string, name: string): string | undefined {
  const [, packageName = '', subpath = 'index'] = /^@piranha\/([^/]+)(?:\/(.+))?$/.exec(from) ?? [];
  return lookUp(`packages/${packageName}/src/${subpath}.ts`, name);
}

function lookUp(path: string, name: string): string | undefined {
  const file = files.find((other) => other.path === path);
  if (file === undefined) return undefined;
  const defines = new RegExp(
    `^export (?:async )?(?:function|const|class|interface|type|enum) ${name}\\b`,
    'm',
  );
  if (defines.test(file.text)) return path;
  for (const { from, names } of importsOf(file.text)) {
    const listed = names.includes('*') || new RegExp(`\\b${name}\\b`).test(names);
    if (!from.startsWith('.') || !listed) continue;
    const found = lookUp(join(dirname(path), from.replace(/\.js$/, '.ts')), name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A value is pure if its module is a core, or one without any I/O import. */
function isPure(from: string, name: string): boolean {
  const path = definedIn(from, name);
  if (path === undefined) return false;
  if (path.includes('/src/core/')) return true;
  const text = files.find((file) => file.path === path)?.text ?? '';
  const asCore = { path: 'packages/x/src/core/x.ts', text };
  return impureCore(asCore, () => true).length === 0;
}

describe('the house', () => {
  it('has no file that is too long', () => {
    expect(code.flatMap(tooLong)).toEqual([]);
  });

  it('has pure cores', () => {
    expect(code.flatMap((file) => impureCore(file, isPure))).toEqual([]);
  });

  it('imports one way', () => {
    expect(code.flatMap(wrongWay)).toEqual([]);
  });

  it('speaks of no machine', () => {
    const text = files.filter(({ path }) => path !== 'package-lock.json');
    expect(text.flatMap(machineWords)).toEqual([]);
    const lock = files.find(({ path }) => path === 'package-lock.json')?.text ?? '';
    expect(lock).not.toMatch(/"resolved": "http/);
  });

  it('declares what it imports, as dependency and as reference', () => {
    const problems: string[] = [];
    for (const { path, text } of files.filter((file) => /^packages\/[^/]+\/package\.json$/.test(file.path))) {
      const folder = dirname(path);
      const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
      const config = JSON.parse(readFileSync(join(ROOT, folder, 'tsconfig.json'), 'utf8')) as {
        references: { path: string }[];
      };
      const references = config.references.map((reference) => reference.path.replace('../', '@piranha/'));
      const own = dependenciesOf(folder);
      const declared = Object.keys(dependencies).filter((name) => name.startsWith('@piranha/'));
      for (const name of own)
        if (!declared.includes(name)) problems.push(`${folder}: ${name} is not a dependency`);
      for (const name of own)
        if (!references.includes(name)) problems.push(`${folder}: ${name} is not referenced`);
      for (const name of references)
        if (!declared.includes(name)) problems.push(`${folder}: ${name} only referenced`);
    }
    expect(problems).toEqual([]);
  });
});

function dependenciesOf(folder: string): ReadonlySet<string> {
  const sources = code.filter(({ path }) => path.startsWith(`${folder}/src/`));
  const names = sources.flatMap(({ text }) =>
    importsOf(text).map(({ from }) => /^@piranha\/[^/]+/.exec(from)?.[0] ?? ''),
  );
  return new Set(names.filter((name) => name !== ''));
}

describe('the rules themselves', () => {
  const core = (text: string): string[] =>
    impureCore({ path: 'packages/x/src/core/x.ts', text }, () => false);

  it('see a long file', () => {
    expect(tooLong({ path: 'packages/x/src/x.ts', text: '\n'.repeat(401) })).toHaveLength(1);
    expect(tooLong({ path: 'packages/x/test/x.ts', text: '\n'.repeat(700) })).toHaveLength(0);
  });

  it.each([
    'const now = Date.now();',
    'const at = new Date();',
    'Math.random();',
    'process.exit(1);',
    'setTimeout(() => undefined, 1);',
    "import { readFileSync } from 'node:fs';",
    "import winston from 'winston';",
    "import { open } from '../shell/open.js';",
    "import { monotonicNowMs } from '@piranha/common';",
    "const fs = await import('node:fs');",
  ])('see what is impure: %s', (text) => expect(core(text)).not.toEqual([]));

  it.each([
    "import type { Socket } from 'node:net';",
    "import { type Table } from '@piranha/ipvs';",
    "import { step } from './step.js';",
    '// Date.now is told to us\n',
    'const at = new Date(nowMs);',
  ])('let pass what is pure: %s', (text) => expect(core(text)).toEqual([]));

  it('see imports that go the wrong way', () => {
    const from = (path: string, other: string) =>
      wrongWay({ path, text: `import { x } from '@piranha/${other}';` });
    expect(from('packages/common/src/x.ts', 'config')).toHaveLength(1);
    expect(from('packages/lvs/src/x.ts', 'nanny')).toHaveLength(1);
    expect(from('packages/cli/src/x.ts', 'pulse')).toHaveLength(1);
    expect(from('packages/unknown/src/x.ts', 'common')).toHaveLength(1);
    expect(from('packages/lvs/src/x.ts', 'ipvs')).toHaveLength(0);
  });

  it('see words of a machine', () => {
    expect(machineWords({ path: 'x', text: `cd ${['', 'root', 'x'].join('/')}` })).toHaveLength(1);
    expect(machineWords({ path: 'x', text: 'cd /usr/sbin' })).toHaveLength(0);
  });

  it('know an import over several lines and a comment', () => {
    expect(importsOf("import {\n  a,\n  type B,\n} from './a.js';\n")).toEqual([
      { isType: false, names: '{\n  a,\n  type B,\n}', from: './a.js' },
    ]);
    expect(withoutComments('a; // b\n/* c */ d')).toBe('a; \n d');
  });
});
