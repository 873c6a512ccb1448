// Makes the documents that come from code; with --check it only tells whether the committed ones are stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { metricsPage } from '@piranha/cli/docs';
import { changesPage, manualPage } from '@piranha/config/docs';
import { directivesPage } from '@piranha/import/docs';
import { zooPage } from './zoo-page.mjs';

const pages = {
  'docs/man/lvs.cf.5': manualPage,
  'docs/lvs.cf-changes.md': changesPage,
  'docs/checks-zoo.md': zooPage,
  'docs/import-directives.md': directivesPage,
  'docs/metrics.md': metricsPage,
};
const check = process.argv.includes('--check');
let stale = 0;
for (const [name, make] of Object.entries(pages)) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const text = make();
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (check) {
    stale += 1;
    console.error(`${name} is stale: run npm run docs`);
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${name}`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
