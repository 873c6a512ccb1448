import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { doctorPage } from '@piranha/doctor/docs';
import { ROOT } from './ensure-built.mjs';

// Writes docs/doctor.md from the list of traps and from what the lab found: the files that `npm run lab -- --results FILE
// doctor nat tunnel` made, or else what was kept of the last ones. With --check it only tells whether the page is up to
// date.
const PAGE = join(ROOT, 'docs', 'doctor.md');
const KEPT = join(ROOT, 'docs', 'doctor-results.json');

const files = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (files.length > 0) {
  const all = files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')));
  // What failed has found nothing that counts: a trap without a scenario fails a test.
  for (const { title } of all.filter(({ ok }) => !ok)) process.stderr.write(`failed in the lab: ${title}\n`);
  const kept = all.flatMap(({ group, title, figure }) => {
    const { found, ignored } = figure?.startsWith('{"found":') ? JSON.parse(figure) : {};
    return found === undefined ? [] : [{ group, title, found, ignored }];
  });
  writeFileSync(KEPT, `[\n${kept.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`);
}
const page = doctorPage(JSON.parse(readFileSync(KEPT, 'utf8')));
if (!process.argv.includes('--check')) {
  writeFileSync(PAGE, page);
} else if (readFileSync(PAGE, 'utf8') !== page) {
  process.stderr.write('docs/doctor.md is out of date: node scripts/doctor-docs.mjs\n');
  process.exit(1);
}
