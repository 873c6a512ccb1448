// What each kind of check finds at each server of the zoo: the page is made of the expectations that the tests hold to.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../packages/nanny/test/support/zoo/expected/', import.meta.url));

const GROWTH = fileURLToPath(new URL('../docs/growth-results.json', import.meta.url));

const HEAD = `# What the checks find at broken servers
Each kind of check meets each of these servers in the tests of \`packages/nanny\`, and must find what stands here within its
limits of time, in one line, twice the same, and leave no socket and no timer behind. Where it waits for a server that hangs,
it ends as soon as it is cancelled. This page is made from the tests' expectations by \`npm run docs\`.

A director that is so busy that it reads an answer and the reset behind it in one go is told by its kernel of an end, not of a
reset: then \`closed in mid-answer\` is the reason. The verdict is the same.
`;

/** What thousands of rounds left behind when that was recorded last. */
function growth() {
  if (!existsSync(GROWTH)) return '';
  const { run, kinds } = JSON.parse(readFileSync(GROWTH, 'utf8'));
  const rows = kinds.map(
    ({ title, servers, rounds, descriptors, timers, heapBytes }) =>
      `| ${title} | ${servers} | ${rounds.toLocaleString('en')} | ${descriptors} | ${timers} | ${Math.max(0, heapBytes).toFixed(1)} |`,
  );
  return `## What thousands of checks leave behind
A nanny runs for years. So each kind is run again and again at its servers, 50 checks side by side, half of those that hang
cancelled, and what the process holds is counted before and behind them: descriptors, timers, and the heap with its buffers
after a collection, as growth a round in that quarter of the rounds which grew least. \`npm test\` does this with 10,000
rounds of connect, HTTP and TLS and 200 of every other kind, in turn at all servers; \`npm run growth -- --each\` with as
many at each. \`npm run growth -- ${run.command}\` wrote this table, at commit ${run.hash} of ${run.date}, Node ${run.node}:

| kind | servers | rounds | descriptors more | timers more | bytes a round |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

A leak of a descriptor or a timer now and then, or of one object a round, is planted in the same tests, and found.

`;
}

/** One section a kind: server, verdict, reason. */
function section(file) {
  const expected = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
  const rows = Object.entries(expected).map(([server, finding]) =>
    finding === 'up' ? `| ${server} | up | |` : `| ${server} | down | ${finding.replaceAll('|', '\\|')} |`,
  );
  return [
    `## ${file.replace('.json', '')}`,
    '| a server that | is | because |',
    '| --- | --- | --- |',
    ...rows,
  ];
}

/** The page in Markdown. */
export function zooPage() {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return `${HEAD}\n${growth()}${files
    .sort()
    .map((file) => section(file).join('\n'))
    .join('\n\n')}\n`;
}
