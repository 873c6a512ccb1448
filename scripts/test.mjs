import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ROOT } from './ensure-built.mjs';

// npm test: everything that this machine can check, cheapest first. Words after `--` go to vitest.
const bin = (name) => join(ROOT, 'node_modules', '.bin', name);
const startedMs = Date.now();

ensureBuilt();
for (const [name, program, args] of [
  ['lint and format', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['types of the tests', bin('tsc'), ['-p', 'tsconfig.test.json']],
  ['unused code', bin('knip'), ['--no-progress', '--no-config-hints']],
  ['generated pages', process.execPath, ['scripts/docs.mjs', '--check']],
  ['generated log page', process.execPath, ['scripts/log-docs.mjs', '--check']],
]) {
  step(name, program, args);
}

const runs = await runAll(process.argv.slice(2));
const files = runs.flatMap(({ results }) => results.testResults);
const skipped = files.flatMap(({ assertionResults }) =>
  assertionResults.filter(({ status }) => status === 'pending' || status === 'skipped' || status === 'todo'),
);
if (skipped.length > 0) {
  process.stdout.write('\nSkipped, with the reason in the name:\n');
  for (const { fullName } of skipped) process.stdout.write(`  ${fullName}\n`);
}
// In CI every package that a test needs is installed: a skip is a hole there, unless the machine itself lacks something.
const holes = skipped.filter(({ fullName }) => !fullName.includes('on this machine'));
const skipsAreErrors = process.env.CI === 'true' && holes.length > 0 && process.argv.length <= 2;
if (skipsAreErrors) process.stdout.write('CI=true: nothing may be skipped for want of a package\n');
const failedFiles = files.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && assertionResults.every((one) => one.status !== 'failed'),
).length;
const count = (key) => runs.reduce((sum, { results }) => sum + results[key], 0);
const passedTests = count('numPassedTests');
const failedTests = count('numFailedTests') + failedFiles;
// An error outside of every test (a late rejection, a worker that died) is in vitest's exit code alone.
const strayErrors = runs.some(({ failed }) => failed) && failedTests === 0 ? 1 : 0;
if (strayErrors > 0) process.stdout.write('\nvitest failed outside of the tests: see its errors above\n');
const failed = failedTests + strayErrors;
process.stdout.write(`\nwhole run: ${Math.round((Date.now() - startedMs) / 1_000)} s\n`);
process.stdout.write(`${passedTests} passed, ${failed} failed, ${skipped.length} skipped\n`);
process.exit(failed > 0 || skipsAreErrors || passedTests === 0 ? 1 : 0);

function step(name, program, args) {
  const beganMs = Date.now();
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: ['ignore', 1, 1] });
  if (error) throw error;
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${Date.now() - beganMs} ms)\n`);
  if (status !== 0) process.exit(1);
}

/**
 * The tests with real processes, which wait most of the time, with the unit tests behind them on what processor is left;
 * then the lab, whose kernels need both. Words for vitest make it one run.
 */
async function runAll(words) {
  if (words.length > 0) return [await runVitest(words)];
  const unit = runVitest(['--project', 'unit'], 'in the background');
  return [await runVitest(['--project', 'end-to-end']), await unit, await runVitest(['--project', 'lab'])];
}

/** One run of vitest; in the background it gives way to everything else, and its output comes when it has ended. */
async function runVitest(args, where = 'in front') {
  const directory = mkdtempSync(join(tmpdir(), 'piranha-test-'));
  const file = join(directory, 'results.json');
  const isBehind = where === 'in the background';
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  try {
    const child = spawn(bin('vitest'), ['run', ...reporters, ...args], {
      cwd: ROOT,
      stdio: isBehind ? ['ignore', 'pipe', 'pipe'] : ['ignore', 1, 1],
    });
    if (isBehind) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk));
    const status = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    process.stdout.write(Buffer.concat(output));
    if (!existsSync(file)) {
      process.stdout.write('vitest gave no results\n');
      process.exit(1);
    }
    return { results: JSON.parse(readFileSync(file, 'utf8')), failed: status !== 0 };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
