import { UserError } from '@piranha/common';
import { toByteString } from './bytes.js';
import { Findings } from './diagnostics.js';
import { indentationAt } from './format.js';
import { type ParsedBlock, type ParsedFile, type Statement, statementOf } from './parsed.js';
import { parseStatements } from './parser.js';
import { directivesAt } from './schema.js';
import type { Level } from './schema-types.js';
import { nearestWord } from './suggest.js';
import { type LvsCfTree, type TreeLine, treeLine } from './tree.js';
import { quotedWord } from './words.js';

/** Which block: neither name = outside all blocks; `server` needs `virtual`. The first block of a name is meant. */
export interface BlockPath {
  readonly virtual?: string;
  readonly server?: string;
}

function noSuchBlock(level: string, name: string): UserError {
  const hint = 'the name is the one behind the word in the header line';
  return new UserError(`there is no ${level} block '${name}'`, { code: 'CF_EDIT_NO_BLOCK', hint });
}

function findBlock(parsed: ParsedFile, path: BlockPath): ParsedBlock | undefined {
  if (path.virtual === undefined) return undefined;
  const virtual = parsed.blocks.find((block) => block.level === 'virtual' && block.name === path.virtual);
  if (!virtual) throw noSuchBlock('virtual', path.virtual);
  if (path.server === undefined) return virtual;
  const server = virtual.servers.find((block) => block.name === path.server);
  if (!server) throw noSuchBlock('server', path.server);
  return server;
}

function checkName(level: Level, name: string): void {
  const known = directivesAt(level);
  if (known.has(name)) return;
  const nearest = nearestWord(name, known.keys());
  throw new UserError(`unknown command '${name}' at this level (${level})`, {
    code: 'CF_EDIT_UNKNOWN_DIRECTIVE',
    hint: nearest ? `did you mean ${nearest}?` : 'the manual page lvs.cf(5) lists the directives',
  });
}

/** The line with the words of its value replaced; name, blanks and a comment behind stay. */
function withValue(line: TreeLine, statement: Statement, written: string): TreeLine {
  const first = statement.valueTokens[0];
  const last = statement.valueTokens.at(-1);
  if (!first || !last) return treeLine({ text: `${line.text.trimEnd()} ${written}`, ending: line.ending });
  const after = line.text.slice(last.index + last.raw.length);
  // A quoted word must end its line, so blanks that nobody sees behind the old value go.
  const rest = after.trim() === '' ? '' : after;
  return treeLine({ text: line.text.slice(0, first.index) + written + rest, ending: line.ending });
}

function depthOf({ virtual, server }: BlockPath): number {
  if (virtual === undefined) return 0;
  return server === undefined ? 1 : 2;
}

/** Line behind which a new statement goes, -1 for the top of the file: the last statement before any inner block. */
function insertionLine(parsed: ParsedFile, block: ParsedBlock | undefined): number {
  const inner = block ? [...block.servers, ...block.checks] : parsed.blocks;
  const end = Math.min(...inner.map(({ lineIndex }) => lineIndex));
  const statements = (block ?? parsed).statements.filter((statement) => statement.lineIndex < end);
  return statements.at(-1)?.lineIndex ?? block?.lineIndex ?? -1;
}

function insertLine(tree: LvsCfTree, after: number, text: string): LvsCfTree {
  const lines = [...tree.lines];
  const before = lines[after];
  const model = before ?? lines[0];
  if (before && before.ending === '') {
    // The last line had no ending; now it needs one, and the new last line has none.
    const ending = lines.find((line) => line.ending !== '')?.ending ?? '\n';
    lines[after] = { ...before, ending };
    lines.push(treeLine({ text, ending: '' }));
  } else lines.splice(after + 1, 0, treeLine({ text, ending: model?.ending || '\n' }));
  return { lines };
}

/**
 * Sets one value: changes the line of the statement that counts and no other, or adds a line where there is none.
 * `words` are the value's words, unquoted: one, two for address and nat_router.
 * @throws UserError `CF_EDIT_NO_BLOCK`, `CF_EDIT_UNKNOWN_DIRECTIVE`, `CF_EDIT_BAD_VALUE`. What the value means is
 *   not checked: parse the result.
 */
export function setValue(
  tree: LvsCfTree,
  path: BlockPath,
  name: string,
  words: readonly string[],
): LvsCfTree {
  const findings = new Findings(tree.lines);
  const parsed = parseStatements(tree, { ports: new Map(), hosts: new Map() }, findings);
  const block = findBlock(parsed, path);
  const level = block?.level ?? 'global';
  checkName(level, name);
  const written = words.map((word) => quotedWord(toByteString(word))).join(' ');
  const statement = statementOf(block ?? parsed, name);
  if (statement) {
    const lines = tree.lines.map((line, index) =>
      index === statement.lineIndex ? withValue(line, statement, written) : line,
    );
    return { lines };
  }
  const after = insertionLine(parsed, block);
  const neighbour = (block ?? parsed).statements.some((known) => known.lineIndex === after)
    ? /^[ \t]*/.exec(tree.lines[after]?.text ?? '')?.[0]
    : undefined;
  return insertLine(tree, after, `${neighbour ?? indentationAt(depthOf(path))}${name} = ${written}`);
}
