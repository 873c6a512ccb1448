import { describe, expect, it } from 'vitest';
import { columns, spanText, terminalText } from '../../src/core/terminal-text.js';

describe('terminalText', () => {
  it('keeps text and replaces what a terminal would obey', () => {
    expect(terminalText('größe 1')).toBe('größe 1');
    expect(terminalText('a\u001b[31mb\r\nc')).toBe('a?[31mb c');
  });
});

describe('columns', () => {
  it('makes columns as wide as their widest cell, without blanks at the end', () => {
    expect(
      columns(
        [
          ['a', 'b'],
          ['long', 'c', 'd'],
        ],
        '> ',
      ),
    ).toEqual(['> a     b', '> long  c  d']);
  });
});

describe('spanText', () => {
  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [59_000, '59 s'],
    [60_000, '1 min'],
    [245_000, '4 min 5 s'],
    [7_800_000, '2 h 10 min'],
    [86_400_000, '1 d'],
    [90_061_000, '1 d 1 h'],
  ])('%d ms is %s', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });
});
