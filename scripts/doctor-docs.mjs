import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { doctorPage } from '@piranha/doctor/docs';
import { ROOT } from './ensure-built.mjs';

// Writes docs/doctor.md from the list of traps and from what the lab found: a file that `npm run lab -- --results FILE
// doctor nat tunnel` made, or else what was kept of the last one. With --check it only tells whether the page is up to date.
const PAGE = join(ROOT, 'docs', 'doctor.md');
const KEPT = join(ROOT, 'docs', 'doctor-results.json');

const [file = ''] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (file !== '') {
  const all = JSON.parse(readFileSync(file, 'utf8'));
  const failed = all.filter(({ ok }) => !ok);
  if (failed.length > 0) {
    process.stderr.write(`the run of the lab failed: ${failed.map(({ title }) => title).join('; ')}\n`);
    process.exit(1);
  }
  const kept = all.flatMap(({ group, title, figure }) => {
    const { found, ignored } = figure?.startsWith('{"found":') ? JSON.parse(figure) : {};
    return found === undefined ? [] : [{ group, title, found, ignored }];
  });
  writeFileSync(KEPT, `${JSON.stringify(kept, undefined, 2)}\n`);
}
const page = doctorPage(JSON.parse(readFileSync(KEPT, 'utf8')));
if (!process.argv.includes('--check')) {
  writeFileSync(PAGE, page);
} else if (readFileSync(PAGE, 'utf8') !== page) {
  process.stderr.write('docs/doctor.md is out of date: node scripts/doctor-docs.mjs\n');
  process.exit(1);
}
