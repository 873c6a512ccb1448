import { describe, expect, it } from 'vitest';
import { readKeepalived } from '../../../src/core/keepalived/source.js';
import { Ledger, type Statement } from '../../../src/core/ledger.js';
import type { SourceText } from '../../../src/core/notes.js';

interface Plain {
  readonly words: readonly string[];
  readonly children?: readonly Plain[];
}

function plain({ words, children }: Statement): Plain {
  return children === undefined ? { words } : { words, children: children.map(plain) };
}

function read(text: string, files: Readonly<Record<string, string>> = {}) {
  const ledger = new Ledger('main');
  const include = (pattern: string): readonly SourceText[] | string =>
    files[pattern] === undefined ? 'it is not there' : [{ file: pattern, text: files[pattern] }];
  const top = readKeepalived({ file: 'main', text }, ledger, include);
  return {
    top,
    tree: top.map(plain),
    notes: ledger.notes().map(({ file, line, reason }) => `${file}:${line}: ${reason}`),
  };
}

describe('words and blocks', () => {
  it('takes a glued brace, one on the next line, and one that closes on the same line', () => {
    const { tree } = read('a 1 80{\nb 2\n}\nc\n{\nd { e 5 }\n}\n');
    expect(tree).toEqual([
      { words: ['a', '1', '80'], children: [{ words: ['b', '2'] }] },
      { words: ['c'], children: [{ words: ['d'], children: [{ words: ['e', '5'] }] }] },
    ]);
  });

  it('ends a line at ! and #, but not within quotes', () => {
    const { tree } = read('a "x # y" \'it is\' ! gone\n# all gone\nb#gone\n');
    expect(tree).toEqual([{ words: ['a', 'x # y', 'it is'] }, { words: ['b'] }]);
  });

  it('tells where each statement stands', () => {
    const [first] = read('\n  a 1 {\n\tb\n}\n').top;
    expect(first).toMatchObject({ file: 'main', line: 2, column: 3 });
    expect(first?.children?.[0]).toMatchObject({ line: 3, column: 2 });
  });

  it('notes braces that are too many or too few', () => {
    expect(read('a {\n}\n}\nb {\n').notes).toEqual([
      'main:3: it closes nothing',
      'main:4: its block is not closed at the end of the file',
    ]);
  });

  it('stops at blocks that are too deep, and at lines that are too long', () => {
    expect(() => read('a {\n'.repeat(30))).toThrow('too many blocks in blocks');
    expect(() => read('a'.repeat(20_000))).toThrow('longer than');
    expect(() => read('\n'.repeat(100_001))).toThrow('more than 100000 lines');
  });
});

describe('text that stands for text', () => {
  const variable = (name: string) => `$${'{'}${name}}`;

  it('replaces variables, also within each other and before they are defined', () => {
    const { tree } = read(`$A=${variable('B')}.1\n$B=10.0.0\na ${variable('A')} $A $AB\n`);
    expect(tree).toEqual([{ words: ['a', '10.0.0.1', '10.0.0.1', '$AB'] }]);
  });

  it('does not run away with variables that hold themselves', () => {
    const text = `$A=${variable('A')}${variable('A')}\na $A\n`;
    expect(read(text).tree).toHaveLength(1);
  });

  it.each([
    ['~SEQ(N, 1, 3) a $N', ['1', '2', '3']],
    ['~SEQ(N, 2) a $N', ['1', '2']],
    ['~SEQ(N, 0, 5, 10) a $N', ['0', '5', '10']],
    ['~SEQ(N, 3, 1) a $N', ['3', '2', '1']],
    ['~SEQx(N, 0x9, 0xb) a $N', ['9', 'a', 'b']],
    ['~LST(N, x, y) a $N', ['x', 'y']],
    ['~SEQ(N, 1, 2) ~LST(M, x, y) a $N $M', ['1 x', '1 y', '2 x', '2 y']],
  ])('%s', (text, values) => {
    expect(read(text).tree).toEqual(values.map((value) => ({ words: ['a', ...value.split(' ')] })));
  });

  it.each(['~SEQ(N, 1, 0, 3) a', '~SEQ(N, 1, 9999999) a', '~LST({A,B}, {1,2}) a', '~SEQ(N, x) a'])(
    'leaves %s as it is',
    (text) => {
      expect(read(`${text} {\nb\n}\n`).tree).toEqual([
        expect.objectContaining({ children: [{ words: ['b'] }] }),
      ]);
    },
  );

  it('notes lines that a backslash joins', () => {
    const { tree, notes } = read('$A= \\\n  b 1 \\\n  c 2\nd 3\n');
    expect(tree).toEqual([{ words: ['d', '3'] }]);
    expect(notes).toEqual(['main:1: lines with \\ at their end are not read, to line 3']);
  });
});

describe('include', () => {
  it('puts the lines of a file where its name stands', () => {
    const { top, tree } = read('a {\ninclude part\n}\n', { part: 'b 1\n' });
    expect(tree).toEqual([{ words: ['a'], children: [{ words: ['b', '1'] }] }]);
    expect(top[0]?.children?.[0]).toMatchObject({ file: 'part', line: 1 });
  });

  it('notes a file that is not there, and one that includes itself', () => {
    const { notes } = read('include absent\ninclude one\n', {
      one: 'include two\n',
      two: 'include one\nc\n',
    });
    expect(notes).toEqual(['main:1: it is not there', 'two:1: one includes itself']);
  });

  it('goes ten files deep', () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, depth) => [`f${depth}`, `include f${depth + 1}\n`]),
    );
    expect(read('include f0\n', files).notes).toEqual(['f9:1: too many files in files']);
  });
});
