import { missingForLab } from '../../kernel/boot.js';
import { labFigures } from '../lab-figures.js';
import { markdownTable } from '../table.js';
import { type LabProbesFigures, PROBES_GROUPS } from './lab-group.js';
import { REACTION_GROUP } from './lab-reaction-group.js';
import { reactionRows } from './reaction.js';
import type { Reactions } from './reaction-stage.js';

const HEAD = [
  '1,000 real services, each once a second',
  'checks a second',
  "% of the lab's processor",
  'resident, MB',
  'private, MB',
  'checks begin late, ms: p50 / p99 / max',
];

/** Shared nannies and lvsd beside keepalived's checker, in a lab kernel each. @returns a Markdown table, or why there is none */
export async function runLabProbesBench(): Promise<string> {
  const missing = PROBES_GROUPS.flatMap(({ group }) => missingForLab(group.needs));
  if (missing.length > 0) {
    return `Checks in the lab kernel was SKIPPED: it needs ${[...new Set(missing)].join(', ')}.`;
  }
  const rows: string[][] = [];
  for (const { product, group } of PROBES_GROUPS) {
    for (const [, figures] of await labFigures<LabProbesFigures>(group)) {
      const row = [product, ...cells(figures)];
      process.stderr.write(`${typeof figures === 'string' ? figures : row.join(', ')}\n`);
      rows.push(row);
    }
  }
  return markdownTable(HEAD, rows);
}

function cells(figures: LabProbesFigures | string): string[] {
  if (typeof figures === 'string') return [`LEFT OUT: ${figures.split('\n', 1)}`];
  const { checksASecond, processorPercent, residentMegabytes, privateMegabytes, lateness } = figures;
  const numbers = [checksASecond, processorPercent, residentMegabytes, privateMegabytes].map(String);
  return [...numbers, lateness ?? 'not told'];
}

const REACTION_HEAD = [
  "checker, and entries of the kernel's table",
  'what happens',
  'times',
  'ms until the table has it: median',
  'p99',
  'max',
];

/** From a probe to the table of the lab's kernel. @returns a Markdown table, or why there is none */
export async function runLabReactionBench(): Promise<string> {
  const missing = missingForLab(REACTION_GROUP.needs);
  if (missing.length > 0) {
    return `Probe to table in the lab kernel was SKIPPED: it needs ${[...new Set(missing)].join(', ')}.`;
  }
  const rows: string[][] = [];
  for (const [title, figures] of await labFigures<Reactions>(REACTION_GROUP)) {
    const left = [title, `LEFT OUT: ${String(figures).split('\n', 1)}`];
    rows.push(...(typeof figures === 'string' ? [left] : reactionRows(title, figures)));
  }
  return markdownTable(REACTION_HEAD, rows);
}
