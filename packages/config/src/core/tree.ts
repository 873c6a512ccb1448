import { fromByteString, toByteString } from './bytes.js';
import { type SourceLine, splitLines, type Token, tokenize } from './lexer.js';

/** One line of the file with its tokens; a comment or blank line has none. */
export interface TreeLine extends SourceLine {
  readonly kind: 'blank' | 'comment' | 'words';
  readonly tokens: readonly Token[];
}

/** An lvs.cf without loss: printing it gives the file back byte for byte, whatever the bytes were. */
export interface LvsCfTree {
  readonly lines: readonly TreeLine[];
}

const NO_TOKENS: readonly Token[] = [];

/** One tree line from its text and ending. */
export function treeLine(line: SourceLine): TreeLine {
  const { text, ending } = line;
  const tokens = text === '' ? NO_TOKENS : tokenize(text);
  const first = tokens[0];
  if (first === undefined) return { text, ending, kind: 'blank', tokens: NO_TOKENS };
  if (first.raw.startsWith('#')) return { text, ending, kind: 'comment', tokens: NO_TOKENS };
  return { text, ending, kind: 'words', tokens };
}

/** Reads any bytes into a tree; never throws. */
export function parseTree(input: Uint8Array | string): LvsCfTree {
  return { lines: splitLines(toByteString(input)).map(treeLine) };
}

/** The bytes of the file. */
export function printTree(tree: LvsCfTree): Uint8Array {
  return fromByteString(tree.lines.map((line) => line.text + line.ending).join(''));
}
