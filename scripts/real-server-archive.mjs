// node scripts/real-server-archive.mjs FILE.tgz: lvs-realserver with all that it needs besides Node.js, for machines
// that have no checkout and no npm. For Linux of this machine's architecture.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { ensureBuilt, ROOT } from './ensure-built.mjs';

const PROGRAM = 'lvs-realserver';
const OWN = '@piranha/';
/** What only a compiler reads. */
const LEFT_OUT = ['.ts', '.cts', '.mts', '.map', '.tsbuildinfo'];

const [target] = process.argv.slice(2);
if (target === undefined) {
  console.error('usage: node scripts/real-server-archive.mjs FILE.tgz');
  process.exit(2);
}
ensureBuilt();
const staging = mkdtempSync(join(tmpdir(), 'real-server-archive-'));
try {
  fill(join(staging, PROGRAM));
  const words = [
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '-czf',
    resolve(target),
    '-C',
    staging,
    PROGRAM,
  ];
  const { status, error } = spawnSync('tar', words, { stdio: 'inherit' });
  if (status !== 0) throw error ?? new Error(`tar ended with ${status}`);
} finally {
  rmSync(staging, { recursive: true });
}
console.log(`wrote ${target}`);

function fill(directory) {
  for (const name of neededBy(`${OWN}real-server`)) {
    const from = join(ROOT, 'node_modules', name);
    const to = join(directory, 'node_modules', name);
    const parts = name.startsWith(OWN) ? ['package.json', 'dist', 'bin'] : [''];
    for (const part of parts.filter((one) => existsSync(join(from, one))))
      copy(join(from, part), join(to, part));
  }
  const program = join('node_modules', OWN, 'real-server', 'bin', `${PROGRAM}.js`);
  chmodSync(join(directory, program), 0o755);
  symlinkSync(program, join(directory, PROGRAM));
  for (const name of [`init.d/${PROGRAM}`, `systemd/${PROGRAM}.service`, `sysconfig/${PROGRAM}`]) {
    copy(join(ROOT, 'etc', name), join(directory, 'etc', name));
  }
  copy(join(ROOT, 'docs/man/lvs-realserver.8.md'), join(directory, 'lvs-realserver.8.md'));
  copy(join(ROOT, 'LICENSE'), join(directory, 'LICENSE'));
}

/** The package and all that it depends on; optional ones where they are installed. */
function neededBy(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  const text = readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(text);
  const optional = Object.keys(optionalDependencies).filter((one) =>
    existsSync(join(ROOT, 'node_modules', one)),
  );
  for (const one of [...Object.keys(dependencies), ...optional]) neededBy(one, found);
  return found;
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, {
    recursive: true,
    dereference: true,
    filter: (source) => !LEFT_OUT.includes(extname(source)) && !source.includes('/koffi/vendor'),
  });
}
