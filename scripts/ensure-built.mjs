import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST_NODE = [20, 19];
const MODULES = join(ROOT, 'node_modules');
const LOCK_STAMP = join(MODULES, '.piranha-lock');
const BUILD_STAMP = join(MODULES, '.piranha-built');

/** Installs and builds what is missing or out of date; quiet and quick when nothing is. */
export function ensureBuilt() {
  requireNode();
  if (needsInstall()) {
    process.stderr.write('installing the dependencies (once)…\n');
    // Not `npm ci`: it refuses a lock file without the optional packages of other platforms.
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts']);
    writeFileSync(LOCK_STAMP, lockHash());
  }
  if (needsBuild()) {
    process.stderr.write('building…\n');
    run(process.execPath, [join(MODULES, 'typescript', 'bin', 'tsc'), '-b']);
    run(process.execPath, [join(ROOT, 'scripts', 'bundle.mjs')]);
    writeFileSync(BUILD_STAMP, '');
  }
}

/** Runs a program to its end in the root; a failure ends this process with its code. */
export function run(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: ['ignore', 2, 2], ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  process.stderr.write(`Node.js ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.version}.\n`);
  process.exit(1);
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
}

/** An install by hand leaves npm's own record, which is as good as our stamp while it is newer than the lock file. */
function needsInstall() {
  if (existsSync(LOCK_STAMP)) return readFileSync(LOCK_STAMP, 'utf8') !== lockHash();
  const record = join(MODULES, '.package-lock.json');
  if (!existsSync(record)) return true;
  const isNewer = statSync(record).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs;
  if (isNewer) writeFileSync(LOCK_STAMP, lockHash());
  return !isNewer;
}

function needsBuild() {
  if (!existsSync(BUILD_STAMP)) return true;
  const builtMs = statSync(BUILD_STAMP).mtimeMs;
  const packages = readdirSync(join(ROOT, 'packages')).map((name) => join(ROOT, 'packages', name));
  if (packages.some((path) => !existsSync(join(path, 'dist')))) return true;
  const inputs = [
    join(ROOT, 'tsconfig.base.json'),
    join(ROOT, 'tsconfig.json'),
    ...packages.flatMap(inputsOf),
  ];
  return inputs.some((path) => statSync(path).mtimeMs > builtMs);
}

/** Sources and folders of a package: a folder's time tells of files that were removed. */
function inputsOf(path) {
  const source = join(path, 'src');
  const entries = readdirSync(source, { recursive: true }).map((name) => join(source, name));
  return [join(path, 'package.json'), join(path, 'tsconfig.json'), source, ...entries];
}
