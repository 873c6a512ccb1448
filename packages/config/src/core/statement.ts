import { decodeUtf8, readableText } from './bytes.js';
import { type Findings, printable } from './diagnostics.js';
import type { Token } from './lexer.js';
import type { DirectiveValue, Statement } from './parsed.js';
import type { DirectiveSpec } from './schema-types.js';
import { type NameTables, readKeyword, readWord } from './value-readers.js';
import { readWitness } from './witness-reader.js';

/** What reading statements needs besides the line itself. */
export interface ReadContext {
  readonly findings: Findings;
  readonly names: NameTables;
}

function isCommentStart(token: Token | undefined): boolean {
  return token !== undefined && token.quote === undefined && token.raw.startsWith('#');
}

function place(lineIndex: number, token: Token) {
  return { lineIndex, byteIndex: token.index };
}

/**
 * Cuts what stands behind the words a line may have: a comment is dropped with a warning, anything else is an error.
 * Returns the tokens that count; then looks at their quotes.
 */
export function takeTokens(
  context: ReadContext,
  lineIndex: number,
  tokens: readonly Token[],
  maximum: number,
): Token[] {
  const { findings } = context;
  const taken = tokens.slice(0, maximum);
  const extra = tokens[maximum];
  if (extra && isCommentStart(extra)) {
    const hint = 'put the comment on a line of its own; the original rejects it here';
    findings.warning('CF_TRAILING_COMMENT', place(lineIndex, extra), 'comment behind a statement', hint);
  } else if (extra) {
    const hint =
      maximum === 3 ? 'a value with blanks needs quotes, a block needs a line for each statement' : undefined;
    const code = 'CF_UNEXPECTED_ARGUMENTS';
    findings.error(
      code,
      place(lineIndex, extra),
      `unexpected arguments from '${printable(readableText(extra.raw))}' on`,
      hint,
    );
  }
  for (const token of taken) checkToken(context, lineIndex, token);
  return taken;
}

function checkToken({ findings }: ReadContext, lineIndex: number, token: Token): void {
  const at = place(lineIndex, token);
  if (token.trouble === 'unclosed') {
    findings.error(
      'CF_QUOTE',
      at,
      'quotation mismatch',
      `close it with ${token.quote} as the last thing of the line`,
    );
  } else if (token.trouble === 'trailing') {
    const hint = 'the original finds no closing quote here; delete the blanks behind the quote';
    findings.warning('CF_QUOTE_TRAILING', at, 'something stands behind a quoted value without blanks', hint);
  }
  if (token.raw.includes('\0')) {
    findings.error('CF_NUL_BYTE', at, 'a NUL byte cannot stand in a value', 'is this a text file?');
  } else if (decodeUtf8(token.raw) === undefined) {
    findings.warning('CF_NOT_UTF8', at, 'not UTF-8; taken as Latin-1', 'save the file as UTF-8');
  }
}

function readList(context: ReadContext, lineIndex: number, tokens: readonly Token[], name: Token) {
  const first = tokens[0];
  const end = tokens.findIndex((token) => token.raw === ']');
  if (first?.raw !== '[' || end < 0) {
    context.findings.error(
      'CF_LIST_EXPECTED',
      place(lineIndex, first ?? name),
      'list expected',
      'write [ a b ]',
    );
    return { valueTokens: tokens, value: undefined };
  }
  takeTokens(context, lineIndex, tokens, end + 1);
  return {
    valueTokens: tokens.slice(0, end + 1),
    value: tokens.slice(1, end).map((token) => readableText(token.value)),
  };
}

/** All words of a value that may have many; an error tells where there is none. */
function tokensUpToComment(
  context: ReadContext,
  lineIndex: number,
  spec: DirectiveSpec,
  tokens: readonly Token[],
): readonly Token[] {
  const comment = tokens.findIndex(isCommentStart);
  const maximum = comment < 0 ? tokens.length : comment;
  const valueTokens = takeTokens(context, lineIndex, tokens, maximum).slice(2);
  if (valueTokens.length === 0) missing(context, lineIndex, tokens[0] as Token, spec);
  return valueTokens;
}

function isWhole(valueTokens: readonly Token[]): boolean {
  return valueTokens.length > 0 && valueTokens.every((token) => token.trouble !== 'unclosed');
}

/** A value of many words up to a comment or the end of the line. */
function readMany(
  context: ReadContext,
  lineIndex: number,
  spec: DirectiveSpec,
  tokens: readonly Token[],
): Pick<Statement, 'value' | 'valueTokens'> {
  const valueTokens = tokensUpToComment(context, lineIndex, spec, tokens);
  if (!isWhole(valueTokens)) return { valueTokens, value: undefined };
  if (spec.type === 'keywords')
    return { valueTokens, value: readKeywords(context, lineIndex, spec, valueTokens) };
  const phrases = readWitnesses(context, lineIndex, valueTokens);
  const isEmpty = phrases?.length === 0;
  return { valueTokens, value: isEmpty ? missing(context, lineIndex, tokens[0] as Token, spec) : phrases };
}

/** Witnesses: phrases of some words, parted by commas; none for commas alone. */
function readWitnesses(
  { findings }: ReadContext,
  lineIndex: number,
  valueTokens: readonly Token[],
): readonly string[] | undefined {
  const phrases: string[] = [];
  for (const { text, token } of phrasesOf(valueTokens)) {
    const read = readWitness(printable(readableText(text)));
    if ('code' in read) {
      findings.error(read.code, place(lineIndex, token), read.text, read.hint);
      return undefined;
    }
    phrases.push(read.name);
  }
  return phrases;
}

/** The phrases between commas, each with the word that it begins in; a comma at the end parts nothing. */
function phrasesOf(tokens: readonly Token[]): readonly { readonly text: string; readonly token: Token }[] {
  const phrases: { text: string; token: Token }[] = [];
  let isNew = true;
  for (const token of tokens) {
    for (const [index, part] of token.value.split(',').entries()) {
      if (index > 0) isNew = true;
      if (part.trim() === '') continue;
      const last = phrases.at(-1);
      if (isNew || last === undefined) phrases.push({ text: part, token });
      else last.text += ` ${part}`;
      isNew = false;
    }
  }
  return phrases;
}

/** Keywords, each a word; blanks and commas within a word part it too. */
function readKeywords(
  { findings }: ReadContext,
  lineIndex: number,
  spec: DirectiveSpec,
  valueTokens: readonly Token[],
): readonly string[] | undefined {
  const found: string[] = [];
  for (const token of valueTokens) {
    for (const word of token.value.split(/[ \t,]+/).filter((part) => part !== '')) {
      const read = readKeyword(spec, word);
      if ('error' in read) {
        findings.error(read.error.code, place(lineIndex, token), read.error.text, read.error.hint);
        return undefined;
      }
      found.push(word);
    }
  }
  return found;
}

/** Types of two words. */
const MISSING_HINTS: Partial<Record<DirectiveSpec['type'], string>> = {
  'device-address': 'write the address and the device, such as 10.0.0.9 eth0:1',
  'director-address': 'write the address and the director, such as 10.2.0.1 primary',
};

function missing(context: ReadContext, lineIndex: number, name: Token, spec: DirectiveSpec): undefined {
  const hint = MISSING_HINTS[spec.type];
  context.findings.error(
    'CF_MISSING_ARGUMENTS',
    place(lineIndex, name),
    `missing arguments for ${spec.name}`,
    hint,
  );
  return undefined;
}

function isOfTwoWords({ type }: DirectiveSpec): boolean {
  return type === 'device-address' || type === 'director-address';
}

function readValue(
  context: ReadContext,
  lineIndex: number,
  spec: DirectiveSpec,
  name: Token,
  tokens: readonly Token[],
): DirectiveValue | undefined {
  const [first, second] = tokens;
  if (!first) return missing(context, lineIndex, name, spec);
  if (tokens.some((token) => token.trouble === 'unclosed')) return undefined;
  const literal = spec.keepsApostrophes && first.quote === "'";
  if (literal) {
    const hint = 'use double quotes, or leave the apostrophes if they are meant';
    context.findings.warning(
      'CF_APOSTROPHES',
      place(lineIndex, first),
      'apostrophes are part of this text',
      hint,
    );
  }
  const read = readWord(spec, literal ? first.raw : first.value, context.names);
  if ('error' in read) {
    context.findings.error(read.error.code, place(lineIndex, first), read.error.text, read.error.hint);
    return undefined;
  }
  const { warning } = read;
  if (warning) context.findings.warning(warning.code, place(lineIndex, first), warning.text, warning.hint);
  if (!isOfTwoWords(spec)) return read.value;
  if (!second || isCommentStart(second)) return missing(context, lineIndex, name, spec);
  return { address: String(read.value), device: readableText(second.value) };
}

/** Reads `name = value` of a known directive; `tokens` is the whole line, `=` already seen. */
export function readStatement(
  context: ReadContext,
  lineIndex: number,
  spec: DirectiveSpec,
  tokens: readonly Token[],
): Statement {
  const nameToken = tokens[0] as Token;
  if (spec.type === 'list') {
    return { spec, lineIndex, nameToken, ...readList(context, lineIndex, tokens.slice(2), nameToken) };
  }
  if (spec.type === 'keywords' || spec.type === 'witnesses') {
    return { spec, lineIndex, nameToken, ...readMany(context, lineIndex, spec, tokens) };
  }
  const maximum = isOfTwoWords(spec) ? 4 : 3;
  const valueTokens = takeTokens(context, lineIndex, tokens, maximum).slice(2);
  const value = readValue(context, lineIndex, spec, nameToken, valueTokens);
  return { spec, lineIndex, nameToken, valueTokens, value };
}
