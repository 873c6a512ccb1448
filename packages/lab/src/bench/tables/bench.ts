import { missingForLab } from '../../kernel/boot.js';
import { labFigures } from '../lab-figures.js';
import { markdownTable } from '../table.js';
import { TABLE_GROUPS, type TableFigures } from './group.js';

/** An empty cell where something was not counted. */
function cell(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

/**
 * Loads 200 services of 50 real servers each and changes one weight, Piranha beside keepalived and ldirectord, in a lab
 * kernel each. @returns a Markdown table, or one line that says why there is none
 */
export async function runTablesBench(): Promise<string> {
  const missing = TABLE_GROUPS.flatMap(({ group }) => missingForLab(group.needs));
  if (missing.length > 0) return `Tables was SKIPPED: it needs ${[...new Set(missing)].join(', ')}.`;
  const rows: string[][] = [];
  for (const { product, group } of TABLE_GROUPS) {
    for (const [event, figures] of await labFigures<TableFigures>(group)) {
      const cells =
        typeof figures === 'string'
          ? [`LEFT OUT: ${figures.split('\n', 1)}`]
          : [
              (figures.durationMs / 1_000).toFixed(1),
              cell(figures.programs),
              cell(figures.changes),
              cell(figures.questions),
              cell(figures.madeAnew),
            ];
      process.stderr.write(`${event}, ${product}: ${cells.join(', ')}\n`);
      rows.push([event, product, ...cells]);
    }
  }
  const head = ['event', 'product', 'seconds', 'programs', 'changes', 'questions', 'others made anew'];
  return markdownTable(head, rows);
}
