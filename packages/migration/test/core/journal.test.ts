import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Difference } from '../../src/core/differences.js';
import {
  EMPTY_JOURNAL,
  type Journal,
  type JournalChange,
  standing,
  stepJournal,
} from '../../src/core/journal.js';
import { changeText, summaryLines } from '../../src/core/journal-text.js';

const OUT: Difference = { code: 'SHADOW_SERVER_OUT', place: 'a b', text: 'weight 1 now', reason: 'refused' };

function runOf(looks: readonly (readonly Difference[])[]): { journal: Journal; changes: JournalChange[] } {
  let journal = EMPTY_JOURNAL;
  const changes: JournalChange[] = [];
  for (const [second, look] of looks.entries()) {
    const step = stepJournal(journal, look, second * 1_000);
    journal = step.journal;
    changes.push(...step.changes);
  }
  return { journal, changes };
}

describe('journal of a shadow run', () => {
  it('tells a difference once, and when both agree again', () => {
    const { changes, journal } = runOf([[], [OUT], [OUT], [], [OUT]]);
    expect(changes.map(changeText)).toEqual([
      'differs SHADOW_SERVER_OUT a b: weight 1 now (refused)',
      'agreed SHADOW_SERVER_OUT a b: after 2.0 s',
      'differs SHADOW_SERVER_OUT a b: weight 1 now (refused)',
    ]);
    expect(summaryLines(journal, 4_000, 5_000)).toEqual([
      'shadowed for 4.0 s: 1 difference seen, 1 stand now',
      '  stands, 2 times, 3.0 s in all: SHADOW_SERVER_OUT a b: weight 1 now (refused)',
    ]);
  });

  it('tells a change of what differs', () => {
    const other = { ...OUT, text: 'weight 2 now' };
    expect(runOf([[OUT], [other]]).changes.map(({ type }) => type)).toEqual(['began', 'changed']);
  });

  it('stands for exactly the last look, whatever came before', () => {
    const difference = fc.constantFrom('a', 'b', 'c').map((place) => ({ ...OUT, place }));
    const look = fc.uniqueArray(difference, { selector: ({ place }) => place });
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 12 }), (looks) => {
        const { journal, changes } = runOf(looks);
        const places = (all: readonly Difference[]) => all.map(({ place }) => place).sort();
        expect(places(standing(journal))).toEqual(places(looks.at(-1) ?? []));
        const began = changes.filter(({ type }) => type === 'began').length;
        const ended = changes.filter(({ type }) => type === 'ended').length;
        expect(began - ended).toBe(standing(journal).length);
        for (const { stoodMs } of journal.entries.values()) expect(stoodMs).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
