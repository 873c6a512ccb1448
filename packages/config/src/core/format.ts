import { fromByteString } from './bytes.js';
import { Findings } from './diagnostics.js';
import type { Token } from './lexer.js';
import type { LineRole, ParsedBlock } from './parsed.js';
import { parseStatements } from './parser.js';
import { type LvsCfTree, parseTree, type TreeLine } from './tree.js';
import { bareWord } from './words.js';

/** Blanks before a statement within so many blocks, as the original's GUI wrote them. */
export function indentationAt(depth: number): string {
  return depth === 0 ? '' : ' '.repeat(1 + 4 * depth);
}

/** A quoted word that does not end its line is written bare where it can be: the original reads it only so. */
function wordText(token: Token, isLast: boolean): string {
  if (token.trouble !== 'trailing' || isLast) return token.raw;
  return bareWord(token.value) ?? token.raw;
}

function formatWords(line: TreeLine, { depth, depthAbove, tokenCount }: LineRole): string[] {
  const indentation = indentationAt(depth);
  const verbatim = () => [indentation + line.text.replace(/^[ \t]+/, '')];
  const rest = line.tokens[tokenCount];
  const words = line.tokens.slice(0, tokenCount);
  if (words.some((token) => token.trouble === 'unclosed')) return verbatim();
  if (rest && !(rest.quote === undefined && rest.raw.startsWith('#'))) return verbatim();
  const text = words.map((token, index) => wordText(token, index === words.length - 1)).join(' ');
  if (!rest) return [indentation + text];
  // The original rejects a comment here, so it goes on a line of its own.
  return [indentationAt(depthAbove) + line.text.slice(rest.index).replace(/[ \t]+$/, ''), indentation + text];
}

function formatLine(line: TreeLine, role: LineRole): string[] {
  const indentation = indentationAt(role.depth);
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

/** The braces that blocks at the end of the file lack, innermost first; the beginning of another block ends one too. */
function missingBraces(blocks: readonly ParsedBlock[], depth = 0): string[] {
  const open = blocks.reduce<ParsedBlock | undefined>(
    (last, block) => (last && last.lineIndex > block.lineIndex ? last : block),
    undefined,
  );
  if (!open || open.closeLineIndex !== undefined) return [];
  const inner = [...open.servers, ...open.checks];
  return [...missingBraces(inner, depth + 1), `${indentationAt(depth)}}`];
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
