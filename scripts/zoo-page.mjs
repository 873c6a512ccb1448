// What each kind of check finds at each server of the zoo: the page is made of the expectations that the tests hold to.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../packages/nanny/test/support/zoo/', import.meta.url));

const GROWTH = fileURLToPath(new URL('../docs/growth-results.json', import.meta.url));

const HEAD = `# What the checks find at broken servers
Each kind of check meets each of these servers in the tests of \`packages/nanny\`, and must find what stands here within its
limits of time, in one line, twice the same, and leave no socket and no timer behind. Its time is looked at, less what the
testing process was late itself: with a limit of 300 ms the check has 400. Where it waits for a server that hangs, it ends as
soon as it is cancelled. Those that are not to be reached over UDP and ICMP stand behind a router of their own, which says so. This
page is made from the tests' expectations by \`npm run docs\`.

A director that is so busy that it reads an answer and the reset behind it in one go is told by its kernel of an end, not of a
reset: then \`closed in mid-answer\` is the reason. The verdict is the same.
`;

/** What thousands of rounds left behind when that was recorded last. */
function growth(titles) {
  if (!existsSync(GROWTH)) return '';
  const { run, kinds } = JSON.parse(readFileSync(GROWTH, 'utf8'));
  const rows = kinds.map(
    ({ title, servers, rounds, descriptors, timers, heapBytes, residentBytes }) =>
      `| ${titles[title] ?? title} | ${servers} | ${rounds.toLocaleString('en')} | ${descriptors} | ${timers} | ${Math.max(0, heapBytes).toFixed(1)} | ${Math.max(0, residentBytes).toFixed(0)} |`,
  );
  return `## What thousands of checks leave behind
A nanny runs for years. So each kind is run again and again at its servers, 50 checks side by side, half of those that hang
cancelled, and what the process holds is counted before and behind them: descriptors, timers, and the heap with its buffers
after a collection, as growth a round in that quarter of the rounds which grew least; beside it the memory of the whole
process, which sways. \`npm test\` does this with 10,000 rounds of connect, HTTP and TLS and 200 of every other kind, in turn
at all servers, save those behind a router of their own; \`npm run growth -- --each\` with as
many at each. \`npm run growth -- ${run.command}\` wrote this table, at commit ${run.hash} of ${run.date}, Node ${run.node}:

| kind | servers | rounds | descriptors more | timers more | bytes a round | of the whole process |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

A leak of a descriptor or a timer now and then, of one object a round, or of memory outside JavaScript is planted in the same
tests, and found.

`;
}

const FOLLOWS = 'follows';

/** What a check finds, in a word. */
function verdict(finding) {
  if (finding === undefined) return '';
  return finding === 'up' || finding === FOLLOWS ? finding : 'down';
}

/** One table a group: a row for each behaviour, a column for each kind. */
function matrix({ group, kinds }) {
  const names = Object.keys(kinds);
  const expected = names.map(expectationsOf);
  const behaviours = [...new Set(expected.flatMap((one) => Object.keys(one)))];
  const rows = behaviours.map(
    (behaviour) => `| ${behaviour} | ${expected.map((one) => verdict(one[behaviour])).join(' | ')} |`,
  );
  return [
    `### ${group}`,
    `| a server that | ${Object.values(kinds).join(' | ')} |`,
    `| --- |${' --- |'.repeat(names.length)}`,
    ...rows,
  ].join('\n');
}

/** One section a kind: server, verdict, reason. */
function section([name, title]) {
  const rows = Object.entries(expectationsOf(name)).map(([server, finding]) =>
    finding === 'up' || finding === FOLLOWS
      ? `| ${server} | ${finding} | |`
      : `| ${server} | down | ${finding.replaceAll('|', '\\|')} |`,
  );
  return [`## ${title}`, '| a server that | is | because |', '| --- | --- | --- |', ...rows].join('\n');
}

function expectationsOf(name) {
  return JSON.parse(readFileSync(join(FOLDER, 'expected', `${name}.json`), 'utf8'));
}

/** The page in Markdown. */
export function zooPage() {
  const groups = JSON.parse(readFileSync(join(FOLDER, 'titles.json'), 'utf8'));
  const sections = groups.flatMap(({ kinds }) => Object.entries(kinds)).map(section);
  return `${HEAD}
## All at a glance
Empty where the two do not meet: a bare connect hears no answer, and nobody trickles in it. \`follows\` is the verdict that
the server deserves at the moment.

${groups.map(matrix).join('\n\n')}

${growth(Object.assign({}, ...groups.map(({ kinds }) => kinds)))}${sections.join('\n\n')}
`;
}
