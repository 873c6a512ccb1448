import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SCHEMA } from '../../src/core/schema.js';
import { changesPage, manualPage } from '../../src/docs.js';
import { repositoryPath } from '../samples.js';

describe('generated documents', () => {
  it.each([
    ['docs/man/lvs.cf.5', manualPage],
    ['docs/lvs.cf-changes.md', changesPage],
  ] as const)('%s is up to date (npm run docs makes it)', (path, make) => {
    expect(readFileSync(repositoryPath(path), 'utf8')).toBe(make());
  });

  it('name every directive', () => {
    const page = manualPage();
    for (const { name } of SCHEMA) expect(page).toContain(`\n.B ${name}\n`);
  });
});
