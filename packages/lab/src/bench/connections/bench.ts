import { missingForLab } from '../../kernel/boot.js';
import { keepalivedVersion } from '../failover/keepalived.js';
import { labFigures } from '../lab-figures.js';
import { markdownTable } from '../table.js';
import { KEPT_GROUPS } from './groups.js';
import type { Kept } from './kept.js';

/** Counts by age, for the oldest lose nothing to the same cause as the youngest. */
function lostText({ lostAgesMs }: Kept): string {
  if (lostAgesMs.length === 0) return 'none';
  const seconds = lostAgesMs.map((age) => age / 1_000).sort((one, other) => one - other);
  return `aged ${seconds[0]?.toFixed(1)} to ${seconds.at(-1)?.toFixed(1)} s`;
}

/**
 * Counts how many live connections outlive a planned handover and a crash, Piranha beside keepalived, in a lab kernel
 * each. @returns a Markdown table, or one line that says why there is none
 */
export async function runConnectionsBench(): Promise<string> {
  const missing = [...missingForLab(), ...(keepalivedVersion() === undefined ? ['keepalived'] : [])];
  if (missing.length > 0) return `Connections was SKIPPED: it needs ${missing.join(', ')}.`;
  const rows: string[][] = [];
  for (const { product, method, group } of KEPT_GROUPS) {
    for (const [event, kept] of await labFigures<Kept>(group)) {
      const cells =
        typeof kept === 'string'
          ? ['', `LEFT OUT: ${kept.split('\n', 1)}`]
          : [`${kept.alive} of ${kept.total}`, lostText(kept)];
      process.stderr.write(`${method}, ${event}, ${product}: ${cells.join(', ')}\n`);
      rows.push([event, method, product, ...cells]);
    }
  }
  return markdownTable(['event', 'method', 'pair', 'connections kept', 'the others'], rows);
}
