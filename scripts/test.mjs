import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ROOT } from './ensure-built.mjs';

// npm test: everything that this machine can check, cheapest first. Words after `--` go to vitest.
const bin = (name) => join(ROOT, 'node_modules', '.bin', name);
const startedMs = Date.now();
/** Of the reason of each failure. */
const SHOWN_CHARACTERS = 4_000;

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
// Again at the end, for of a long output often only that is kept.
const failures = runs.flatMap((run) => run.failures);
for (const { title, reason } of failures) {
  process.stdout.write(`\nFAILED ${title}\n${reason.slice(0, SHOWN_CHARACTERS)}\n`);
}
// In CI every package that a test needs is installed: a skip is a hole there, unless the machine itself lacks something.
const holes = skipped.filter(({ fullName }) => !fullName.includes('on this machine'));
const skipsAreErrors = process.env.CI === 'true' && holes.length > 0 && process.argv.length <= 2;
if (skipsAreErrors) process.stdout.write('CI=true: nothing may be skipped for want of a package\n');
const passedTests = runs.reduce((sum, { results }) => sum + results.numPassedTests, 0);
const strayErrors = failures.length === 0 && runs.some(({ failed }) => failed) ? 1 : 0;
if (strayErrors > 0) process.stdout.write('\nvitest failed without a failure: see above\n');
const failed = failures.length + strayErrors;
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
  const failuresFile = join(directory, 'failures.json');
  const ownReporter = `--reporter=${join(ROOT, 'scripts/failures-reporter.mjs')}`;
  const reporters = ['--reporter=default', ownReporter, '--reporter=json', `--outputFile.json=${file}`];
  try {
    const child = spawn(bin('vitest'), ['run', ...reporters, ...args], {
      cwd: ROOT,
      env: { ...process.env, FAILURES_FILE: failuresFile },
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
    if (![file, failuresFile].every((one) => existsSync(one))) {
      process.stdout.write('vitest gave no results\n');
      process.exit(1);
    }
    const [results, failures] = [file, failuresFile].map((one) => JSON.parse(readFileSync(one, 'utf8')));
    return { results, failures, failed: status !== 0 };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
