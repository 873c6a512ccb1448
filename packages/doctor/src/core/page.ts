import { DIRECTOR_TRAPS } from './examine.js';
import type { Trap } from './trap.js';

/** The page about what the doctor finds, from the traps and from what a run of the lab found. */

/** What the doctor found in one scenario of the lab. */
export interface LabResult {
  /** The group of scenarios. */
  readonly group: string;
  readonly title: string;
  /** Codes, each once; none where the set-up is a healthy one. */
  readonly found: readonly string[];
  /** Codes that were not looked for there. */
  readonly ignored: readonly string[];
}

const HEAD = `# What \`lvsctl doctor\` finds
Each trap was set in the lab, on real directors with a real IPVS kernel (docs/lab.md), and \`lvsctl doctor\` was asked; the
set-ups that are as they should be were asked about, too. This page is made from the list of traps and from what such a
run found, by

    npm run lab -- --results lab.json doctor nat tunnel
    node scripts/doctor-docs.mjs lab.json

What the doctor looks at and sends, its output and its exit status are in lvsctl(8). What \`lvsctl doctor --real\` finds on
a real server is not in this table: it is lvs-realserver(8)'s, and tested in network namespaces (test/real-server.test.ts).
`;

/** Where the facts are that stand for a trap that no scenario sets. */
const RECORDED = 'packages/doctor/test/core/traps.ts';

/** The page, in Markdown. */
export function doctorPage(results: readonly LabResult[]): string {
  const healthy = results.filter(({ found }) => found.length === 0);
  const rows = DIRECTOR_TRAPS.map(
    (trap) =>
      `| \`${trap.code}\` | ${cell(trap.title)} | ${foundIn(trap, results)} | ${inHealthy(trap, healthy)} |`,
  );
  const set = healthy.map(({ group, title }) => `- ${group}: ${title}\n`);
  return `${HEAD}
## Healthy set-ups
${set.join('')}
## Traps
| trap | what it means | found in | in the healthy set-ups |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function foundIn({ code, notInLab }: Trap, results: readonly LabResult[]): string {
  const scenarios = results.filter(({ found }) => found.includes(code));
  if (scenarios.length > 0) {
    return scenarios.map(({ group, title }) => `lab, ${group}: ${cell(title)}`).join('<br>');
  }
  return notInLab === undefined
    ? 'nowhere yet'
    : `not in the lab: ${notInLab}; recorded facts in ${RECORDED}`;
}

function inHealthy({ code }: Trap, healthy: readonly LabResult[]): string {
  return healthy.some(({ ignored }) => !ignored.includes(code)) ? 'not found' : 'not looked for';
}
