import { readableText } from './bytes.js';
import { kindNamed, kindsWith } from './check-kinds/registry.js';
import { CUT_FILE_CODE, CUT_FILE_HINT } from './cut-file.js';
import { type Findings, printable } from './diagnostics.js';
import type { Token } from './lexer.js';
import type { LineRole, ParsedBlock, ParsedFile, Statement } from './parsed.js';
import { kindOf, wordsAt } from './parser-checks.js';
import { blocksAt, levelsOf } from './schema.js';
import type { Level } from './schema-types.js';
import { type ReadContext, readStatement, takeTokens } from './statement.js';
import { nearestWord } from './suggest.js';
import type { LvsCfTree, TreeLine } from './tree.js';
import type { NameTables } from './value-readers.js';

interface ParserState extends ReadContext {
  readonly statements: Statement[];
  readonly blocks: ParsedBlock[];
  readonly roles: LineRole[];
  /** Open blocks, outermost first. */
  readonly open: ParsedBlock[];
  readonly lines: LvsCfTree['lines'];
  /** Open blocks before the line that is being read. */
  depthAbove: number;
  /** True after a header without its brace: a line of `{` alone is then part of the same mistake. */
  braceMayFollow: boolean;
}

const HEADERS = [
  'virtual',
  'failover',
  'director',
  'heartbeat_path',
  'server',
  'check',
  'vip_group',
] as const;

function levelOf(state: ParserState): Level {
  return state.open.at(-1)?.level ?? 'global';
}

function addRole(state: ParserState, role: LineRole['role'], tokenCount: number, depth?: number): void {
  state.roles.push({ role, depth: depth ?? state.open.length, depthAbove: state.depthAbove, tokenCount });
}

function placeOf(lineIndex: number, token: Token | undefined) {
  return { lineIndex, byteIndex: token?.index ?? 0 };
}

function isHeader(word: string): word is (typeof HEADERS)[number] {
  return (HEADERS as readonly string[]).includes(word);
}

/** Closes blocks that a header cannot stand in: their own brace was forgotten. */
function closeForgotten(state: ParserState, level: Level, lineIndex: number, token: Token): void {
  while (state.open.length > 0 && !blocksAt(levelOf(state)).includes(level)) {
    const block = state.open.pop() as ParsedBlock;
    const text = `${block.level} '${printable(block.name)}' of line ${block.lineIndex + 1} is not closed before this`;
    state.findings.error('CF_UNCLOSED_BLOCK', placeOf(lineIndex, token), text, 'put a line with } above');
  }
}

/** The list that a new block belongs to; a misplaced one is in the outermost. */
function siblingsOf(state: ParserState, level: ParsedBlock['level']): ParsedBlock[] {
  const parent = state.open.at(-1);
  if (!parent) return state.blocks;
  return level === 'check' ? parent.checks : parent.servers;
}

function pushBlock(
  state: ParserState,
  level: ParsedBlock['level'],
  lineIndex: number,
  tokens: readonly Token[],
): void {
  const name = tokens[1]?.raw === '{' ? undefined : tokens[1];
  const block: ParsedBlock = {
    level,
    name: readableText(name?.value ?? ''),
    lineIndex,
    nameIndex: (name ?? tokens[0])?.index ?? 0,
    closeLineIndex: undefined,
    statements: [],
    servers: [],
    checks: [],
    kind: level === 'check' ? kindOf(state.lines, lineIndex) : undefined,
  };
  siblingsOf(state, level).push(block);
  state.open.push(block);
}

function tellAboutHeader(state: ParserState, lineIndex: number, tokens: readonly Token[]): void {
  const word = tokens[0] as Token;
  const named = tokens[1] !== undefined && tokens[1].raw !== '{';
  const blanks = named && tokens.length > 3 && tokens.at(-1)?.raw === '{';
  const text = named
    ? `missing arguments: no { behind ${word.value} NAME`
    : `missing arguments: ${word.value} without a name`;
  const hint = blanks ? 'a name with blanks needs quotes' : `write: ${word.value} NAME {`;
  state.findings.error('CF_BLOCK_HEADER', placeOf(lineIndex, word), text, hint);
}

function openBlock(state: ParserState, lineIndex: number, tokens: readonly Token[]): void {
  const word = tokens[0] as Token;
  const level = word.value as ParsedBlock['level'];
  closeForgotten(state, level, lineIndex, word);
  const parentLevel = levelOf(state);
  if (!blocksAt(parentLevel).includes(level)) {
    // A server or check outside a virtual; it is read all the same, so that its own mistakes are told too.
    const text = `${level} block outside a virtual block`;
    state.findings.error('CF_MISPLACED_BLOCK', placeOf(lineIndex, word), text, 'is a } too much above?');
  }
  const sound = tokens[2]?.raw === '{' && tokens[1]?.raw !== '{';
  const taken = sound ? takeTokens(state, lineIndex, tokens, 3) : tokens;
  if (!sound) tellAboutHeader(state, lineIndex, tokens);
  state.braceMayFollow = !sound;
  addRole(state, 'open', taken.length);
  pushBlock(state, level, lineIndex, tokens);
  // `virtual a { }`: an error already, but the brace is not asked for again.
  if (tokens.at(-1)?.raw === '}') closeBlock(state, lineIndex);
}

function closeBlock(state: ParserState, lineIndex: number): void {
  const block = state.open.pop();
  if (block) block.closeLineIndex = lineIndex;
}

function closingLine(state: ParserState, lineIndex: number, tokens: readonly Token[]): void {
  if (state.open.length === 0) {
    const hint = 'it closes nothing: is one } too many above?';
    state.findings.error('CF_STRAY_BRACE', placeOf(lineIndex, tokens[0]), 'unknown command: stray }', hint);
  }
  takeTokens(state, lineIndex, tokens, 1);
  closeBlock(state, lineIndex);
  addRole(state, 'close', 1);
}

function unknownWord(state: ParserState, lineIndex: number, token: Token): void {
  const level = levelOf(state);
  const block = state.open.at(-1);
  // Of a check whose kind is not known nobody can tell which words it has: that error is enough.
  if (block?.level === 'check' && !kindNamed(block.kind)) return;
  const glued = /^([A-Za-z_]+)=/.exec(token.value)?.[1];
  const place = placeOf(lineIndex, token);
  if (glued && wordsAt(block).has(glued)) {
    const text = `equal (=) expected after command: '${printable(readableText(token.value))}'`;
    state.findings.error('CF_EQUAL_EXPECTED', place, text, 'put blanks around the =');
    return;
  }
  const word = printable(readableText(token.value));
  const kinds = level === 'check' ? kindsWith(token.value) : [];
  if (kinds.length > 0) {
    const hint = `it belongs to kind ${kinds.join(', ')}`;
    state.findings.error('CF_CHECK_WORD', place, `'${word}' is no word of kind ${block?.kind}`, hint);
    return;
  }
  const elsewhere = isHeader(token.value) ? [] : levelsOf(token.value);
  if (elsewhere.length > 0) {
    const text = `unknown command '${word}' at this level (${level})`;
    const where = elsewhere.map((known) =>
      known === 'global' ? 'outside all blocks' : `in ${known} blocks`,
    );
    state.findings.error('CF_WRONG_LEVEL', place, text, `it belongs ${where.join(' or ')}`);
    return;
  }
  const known = state.findings.full ? [] : [...wordsAt(block).keys(), ...blocksAt(level)];
  const nearest = nearestWord(token.value, known);
  const meant = nearest ? `did you mean ${nearest}?` : undefined;
  const hint = token.value.startsWith('\u00ef\u00bb\u00bf') ? BOM_HINT : meant;
  state.findings.error('CF_UNKNOWN_DIRECTIVE', place, `unknown command '${word}'`, hint);
}

const BOM_HINT = 'the file begins with a byte order mark; save it as UTF-8 without one';

/** The block that a misspelt header means; within servers it may be a check, or nothing. */
function meantBlock(state: ParserState, word: Token): ParsedBlock['level'] | undefined {
  const possible = blocksAt(levelOf(state));
  const nearest = state.findings.full ? undefined : nearestWord(word.value, possible);
  const [first] = possible.filter((level) => level !== 'check');
  return HEADERS.find((header) => header === (nearest ?? first));
}

function statementLine(state: ParserState, lineIndex: number, tokens: readonly Token[]): void {
  const word = tokens[0] as Token;
  const spec = wordsAt(state.open.at(-1)).get(word.value);
  const broken = () => addRole(state, 'broken', tokens.length);
  if (!spec) {
    unknownWord(state, lineIndex, word);
    broken();
    // A misspelt header: what follows belongs to a block all the same, and would only give more errors here.
    const level = meantBlock(state, word);
    if (tokens.at(-1)?.raw === '{' && level) pushBlock(state, level, lineIndex, tokens);
    return;
  }
  if (tokens[1]?.raw !== '=') {
    const place = placeOf(lineIndex, tokens[1] ?? word);
    const code = tokens.length === 1 ? 'CF_MISSING_ARGUMENTS' : 'CF_EQUAL_EXPECTED';
    const text =
      tokens.length === 1 ? `missing arguments for ${spec.name}` : 'equal (=) expected after command';
    state.findings.error(code, place, text, `write: ${spec.name} = VALUE, with blanks around the =`);
    broken();
    return;
  }
  const statement = readStatement(state, lineIndex, spec, tokens);
  (state.open.at(-1)?.statements ?? state.statements).push(statement);
  addRole(state, 'statement', 2 + statement.valueTokens.length);
}

function isBlockLine(first: Token, tokens: readonly Token[]): boolean {
  return isHeader(first.value) && (tokens[1]?.raw !== '=' || tokens.at(-1)?.raw === '{');
}

function readLine(state: ParserState, line: TreeLine, lineIndex: number): void {
  state.depthAbove = state.open.length;
  const first = line.tokens[0];
  if (line.kind !== 'words' || !first) {
    const role = line.kind === 'comment' ? 'comment' : 'blank';
    addRole(state, role, 0);
    return;
  }
  const braceMayFollow = state.braceMayFollow;
  state.braceMayFollow = false;
  if (first.raw === '}') closingLine(state, lineIndex, line.tokens);
  else if (isBlockLine(first, line.tokens)) openBlock(state, lineIndex, line.tokens);
  else if (braceMayFollow && first.raw === '{' && line.tokens.length === 1) {
    addRole(state, 'broken', 1);
  } else statementLine(state, lineIndex, line.tokens);
}

function tellAboutLineEnds(tree: LvsCfTree, findings: Findings): void {
  const first = tree.lines.findIndex((line) => line.ending.startsWith('\r'));
  if (first < 0) return;
  const place = { lineIndex: first, byteIndex: tree.lines[first]?.text.length ?? 0 };
  const hint = 'the original skips or misreads such a file; store it with LF line ends';
  findings.warning('CF_CRLF', place, 'line ends with CR', hint);
}

function tellAboutEnd(state: ParserState): void {
  for (const block of state.open.toReversed()) {
    const place = { lineIndex: block.lineIndex, byteIndex: block.nameIndex };
    const text = `${block.level} '${printable(block.name)}' is not closed at the end of the file`;
    state.findings.warning(CUT_FILE_CODE, place, text, CUT_FILE_HINT);
  }
}

/** Reads the statements and blocks of a tree by the schema; never throws, every mistake becomes a finding. */
export function parseStatements(tree: LvsCfTree, names: NameTables, findings: Findings): ParsedFile {
  const state: ParserState = {
    findings,
    names,
    statements: [],
    blocks: [],
    roles: [],
    open: [],
    lines: tree.lines,
    depthAbove: 0,
    braceMayFollow: false,
  };
  if (tree.lines.length === 0) {
    findings.error('CF_EMPTY', undefined, 'Empty configuration');
  }
  tellAboutLineEnds(tree, findings);
  tree.lines.forEach((line, lineIndex) => {
    readLine(state, line, lineIndex);
  });
  tellAboutEnd(state);
  return { statements: state.statements, blocks: state.blocks, roles: state.roles };
}
