import { fromByteString } from './bytes.js';
import { Findings } from './diagnostics.js';
import type { Token } from './lexer.js';
import type { LineRole, ParsedBlock } from './parsed.js';
import { parseStatements } from './parser.js';
import type { Level } from './schema-types.js';
import { type LvsCfTree, parseTree, type TreeLine } from './tree.js';
import { bareWord } from './words.js';

/** Blanks before a statement at each level, as the original's GUI wrote them. */
export const INDENTATION: Readonly<Record<Level, string>> = {
  global: '',
  virtual: ' '.repeat(5),
  failover: ' '.repeat(5),
  server: ' '.repeat(9),
};

/** A quoted word that does not end its line is written bare where it can be: the original reads it only so. */
function wordText(token: Token, isLast: boolean): string {
  if (token.trouble !== 'trailing' || isLast) return token.raw;
  return bareWord(token.value) ?? token.raw;
}

function formatWords(line: TreeLine, { level, levelAbove, tokenCount }: LineRole): string[] {
  const indentation = INDENTATION[level];
  const verbatim = () => [indentation + line.text.replace(/^[ \t]+/, '')];
  const rest = line.tokens[tokenCount];
  const words = line.tokens.slice(0, tokenCount);
  if (words.some((token) => token.trouble === 'unclosed')) return verbatim();
  if (rest && !(rest.quote === undefined && rest.raw.startsWith('#'))) return verbatim();
  const text = words.map((token, index) => wordText(token, index === words.length - 1)).join(' ');
  if (!rest) return [indentation + text];
  // The original rejects a comment here, so it goes on a line of its own.
  return [INDENTATION[levelAbove] + line.text.slice(rest.index).replace(/[ \t]+$/, ''), indentation + text];
}

function formatLine(line: TreeLine, role: LineRole): string[] {
  const indentation = INDENTATION[role.level];
  switch (role.role) {
    case 'blank':
      return [''];
    case 'comment':
      return [indentation + line.text.replace(/^[ \t]+|[ \t]+$/g, '')];
    case 'broken':
      return [indentation + line.text.replace(/^[ \t]+/, '')];
    default:
      return formatWords(line, role);
  }
}

/** One blank line at most between others, none at the ends. */
function withoutExtraBlanks(lines: readonly string[]): string[] {
  const kept = lines.filter((text, index) => text !== '' || (index > 0 && lines[index - 1] !== ''));
  while (kept.at(-1) === '') kept.pop();
  return kept;
}

function missingBraces(blocks: readonly ParsedBlock[]): string[] {
  const last = blocks.at(-1);
  if (!last || last.closeLineIndex !== undefined) return [];
  const server = last.servers.at(-1);
  const inner = server && server.closeLineIndex === undefined ? [`${INDENTATION.virtual}}`] : [];
  return [...inner, '}'];
}

/**
 * The file in one layout: the original GUI's indentation, LF line ends, one blank between words. Order and comments
 * stay; a comment behind a statement goes above it, missing braces at the end are added. A line that cannot be
 * read keeps its words. The meaning is the same, and formatting twice is formatting once.
 */
export function formatLvsCf(input: Uint8Array | string): Uint8Array {
  const tree: LvsCfTree = parseTree(input);
  const findings = new Findings(tree.lines);
  const { roles, blocks } = parseStatements(tree, { ports: new Map(), hosts: new Map() }, findings);
  const lines = tree.lines.flatMap((line, index) => {
    const role = roles[index];
    return role ? formatLine(line, role) : [];
  });
  const all = [...withoutExtraBlanks(lines), ...missingBraces(blocks)];
  return fromByteString(all.map((text) => `${text}\n`).join(''));
}
