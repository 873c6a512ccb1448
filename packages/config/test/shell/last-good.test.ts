import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadFor } from '../../src/index.js';

const GOOD = `primary = 10.0.0.1
virtual web {
  active = 1
  address = 10.0.0.9 eth0:1
  server one {
    address = 10.0.0.11
    active = 1
  }
}
`;

let directory: string;
let file: string;
let copy: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-last-good-'));
  file = join(directory, 'lvs.cf');
  copy = join(directory, 'copy');
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the last good lvs.cf', () => {
  it('is kept when a file loads, and answers for a broken one at a restart alone', async () => {
    writeFileSync(file, GOOD);
    expect((await loadFor('start', file, copy)).usesLastGood).toBe(false);
    expect(readFileSync(copy, 'utf8')).toBe(GOOD);
    writeFileSync(file, 'nonsense\n');
    const first = await loadFor('start', file, copy);
    expect(first.result.configuration).toBeUndefined();
    const restart = await loadFor('restart', file, copy);
    expect(restart.usesLastGood).toBe(true);
    expect(restart.result.configuration?.primary).toBe('10.0.0.1');
    expect(restart.broken?.diagnostics[0]?.code).toBe('CF_UNKNOWN_DIRECTIVE');
    expect(readFileSync(copy, 'utf8')).toBe(GOOD);
    expect(readdirSync(directory).sort()).toEqual(['copy', 'lvs.cf']);
  });

  it('answers for one that ends inside a block, which no reload takes', async () => {
    writeFileSync(file, GOOD);
    await loadFor('start', file, copy);
    writeFileSync(file, GOOD.slice(0, GOOD.indexOf('  server')));
    const reload = await loadFor('reload', file, copy);
    expect(reload.result.configuration).toBeUndefined();
    expect(reload.result.diagnostics.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'CF_MISSING_BRACE', line: 2 },
    ]);
    expect(readFileSync(copy, 'utf8')).toBe(GOOD);
    const restart = await loadFor('restart', file, copy);
    expect([restart.usesLastGood, restart.result.configuration?.virtualServers[0]?.servers.length]).toEqual([
      true,
      1,
    ]);
  });

  it('is the file itself where an operator started with one that ends inside a block', async () => {
    writeFileSync(file, GOOD.slice(0, -2));
    const start = await loadFor('start', file, copy);
    expect(start.result.configuration).toBeDefined();
    const restart = await loadFor('restart', file, copy);
    expect([restart.usesLastGood, restart.result.configuration === undefined]).toEqual([false, false]);
  });

  it('may be missing: then the broken file is what there is', async () => {
    writeFileSync(file, 'nonsense\n');
    const { result, usesLastGood } = await loadFor('restart', file, copy);
    expect([result.configuration, usesLastGood]).toEqual([undefined, false]);
  });
});
