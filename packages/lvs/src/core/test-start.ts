import { NANNY_ENVIRONMENT } from '@piranha/protocol';
import type { Setup } from './setup.js';

/** A word as a shell would need it, so that the line can be tried by hand. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * What `--test-start` prints: the table with every server up, then the nannies.
 * @param tableLines in the spelling of `ipvsadm -Sn`
 */
export function testStartLines(setup: Setup, tableLines: readonly string[]): string[] {
  const nannies = [...setup.commandLines].map(([id, words]) => {
    const checks = setup.checks.get(id);
    const environment = checks === undefined ? [] : [`${NANNY_ENVIRONMENT.checks}=${shellWord(checks)}`];
    return [...environment, 'nanny', ...words.map(shellWord)].join(' ');
  });
  return ['# table, every server up', ...tableLines, '# nannies', ...nannies];
}
