// node scripts/bundle.mjs: one file, or a few, from all the modules that a program of the suite loads, so that a daemon
// that is started again serves again sooner. What it loads by `createRequire` (koffi, arp-a) stays outside. Files of
// earlier builds stay too: they are named by their content, and a daemon that runs may load one late.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { ROOT } from './ensure-built.mjs';

const packages = join(ROOT, 'packages');
const { PROGRAMS } = await import(pathToFileURL(join(packages, 'common/bin/programs.js')).href);

for (const owner of new Set(Object.values(PROGRAMS).map(([name]) => name))) {
  const programs = Object.entries(PROGRAMS).filter(([, [name]]) => name === owner);
  await build({
    input: Object.fromEntries(
      programs.map(([name, [, module]]) => [name, join(packages, owner, 'dist', `${module}.js`)]),
    ),
    platform: 'node',
    logLevel: 'warn',
    // As deep as a package's build, for modules find other packages by their place.
    output: { dir: join(packages, owner, 'bundle'), format: 'esm' },
  });
}
