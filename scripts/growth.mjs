import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ROOT } from './ensure-built.mjs';

// npm run growth: every kind of check thousands of times at the servers of the zoo, and what is left behind; with
// `-- --each` as often at each server, which takes an hour. With `-- --record` docs/growth-results.json and
// docs/checks-zoo.md keep it.
const { values: asked } = parseArgs({ options: { each: { type: 'boolean' }, record: { type: 'boolean' } } });
const EACH = asked.each === true;
const KEPT = join(ROOT, 'docs', 'growth-results.json');

ensureBuilt();
const directory = mkdtempSync(join(tmpdir(), 'piranha-growth-'));
const file = join(directory, 'results');
try {
  const { status } = run(
    join(ROOT, 'node_modules', '.bin', 'vitest'),
    ['run', '--project', 'unit', 'packages/nanny/test/shell/checks/growth.test.ts'],
    { PIRANHA_GROWTH: EACH ? 'each' : '', PIRANHA_GROWTH_RESULTS: file },
  );
  if (status === 0) tell();
  else process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function tell() {
  const kinds = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const kind of kinds) process.stdout.write(`${textOf(kind)}\n`);
  if (asked.record) record(kinds);
}

function textOf({ title, servers, rounds, descriptors, timers, heapBytes, residentBytes, processorSeconds }) {
  return (
    `${title}: ${rounds} rounds at ${servers} servers, ${descriptors} descriptors, ${timers} timers, ` +
    `${heapBytes.toFixed(1)} bytes a round, ${residentBytes.toFixed(0)} of the process, ${processorSeconds.toFixed(0)} s`
  );
}

function record(kinds) {
  const commit = spawnSync('git', ['log', '-1', '--format=%h %cs'], { cwd: ROOT, encoding: 'utf8' });
  const [hash, date] = commit.stdout.trim().split(' ');
  const lines = kinds.map((kind) => `  ${JSON.stringify(kind)}`).join(',\n');
  const head = JSON.stringify({
    hash,
    date,
    node: process.version,
    command: EACH ? '--each --record' : '--record',
  });
  writeFileSync(KEPT, `{ "run": ${head}, "kinds": [\n${lines}\n] }\n`);
  process.exitCode = run(process.execPath, [join(ROOT, 'scripts', 'docs.mjs')]).status ?? 1;
}

function run(program, args, environment = {}) {
  return spawnSync(program, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  });
}
