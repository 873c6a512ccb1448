import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineDiff } from '../../src/core/line-diff.js';

const lines = (...names: readonly (string | number)[]) => names.map((name) => `${name}\n`).join('');

/** What a reader of the hunks makes of the first text. */
function patched(before: string, hunks: readonly string[]): string {
  const source = before.split('\n').slice(0, -1);
  const result: string[] = [];
  let at = 0;
  for (const line of hunks) {
    const head = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(line);
    if (head !== null) {
      const start = Number(head[1]) - (head[2] === '0' ? 0 : 1);
      result.push(...source.slice(at, start));
      expect(result.length + (head[4] === '0' ? 0 : 1)).toBe(Number(head[3]));
      at = start;
    } else if (line.startsWith('+')) result.push(line.slice(1));
    else {
      expect(source[at]).toBe(line.slice(1));
      if (line.startsWith(' ')) result.push(line.slice(1));
      at += 1;
    }
  }
  return [...result, ...source.slice(at)].map((line) => `${line}\n`).join('');
}

describe('the difference of two texts', () => {
  it('is shown with three lines around it', () => {
    const before = lines(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect(lineDiff(before, before.replace('5', 'five'))).toEqual([
      ...['@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8'],
    ]);
  });

  it('is none for equal texts, and there for a line end alone', () => {
    expect(lineDiff(lines('a'), lines('a'))).toEqual([]);
    expect(lineDiff('a', 'a\n')).toEqual(['@@ -1,1 +1,1 @@', '-a (no line end)', '+a']);
  });

  it('makes the one text of the other, whatever they are', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '', 'd'), { maxLength: 40 })
      .map((all) => lines(...all));
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(patched(before, lineDiff(before, after))).toBe(after);
      }),
    );
  });

  it('needs no more changes than one of five scattered lines', () => {
    const before = Array.from({ length: 3_000 }, (_, index) => `line ${index}`);
    const after = before.map((line, index) => (index % 600 === 5 ? `new ${index}` : line));
    const hunks = lineDiff(lines(...before), lines(...after));
    expect(hunks.filter((line) => line.startsWith('-'))).toHaveLength(5);
    expect(hunks.filter((line) => line.startsWith('+'))).toHaveLength(5);
  });

  it('is right for texts that share nothing, too long to be compared', () => {
    const before = lines(...Array.from({ length: 2_500 }, (_, index) => `a${index}`));
    const after = lines(...Array.from({ length: 2_500 }, (_, index) => `b${index}`));
    expect(patched(before, lineDiff(before, after))).toBe(after);
  });
});
