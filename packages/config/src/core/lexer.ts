/** Lines and tokens of an lvs.cf. Nothing here knows directives; nothing here throws. */

export interface Token {
  /** As written, quotes included. */
  readonly raw: string;
  /** Without the quotes. */
  readonly value: string;
  /** Index of the first byte in its line, from 0. */
  readonly index: number;
  readonly quote: '"' | "'" | undefined;
  /** unclosed: no closing quote; trailing: closed where the original looks no more (a blank follows the word). */
  readonly trouble: 'unclosed' | 'trailing' | undefined;
}

type LineEnding = '\n' | '\r\n' | '\r' | '';

export interface SourceLine {
  /** The bytes of the line without its ending. */
  readonly text: string;
  readonly ending: LineEnding;
}

/** Cuts a byte string into lines; LF, CRLF and a lone CR end a line. Joining text and endings gives the input back. */
export function splitLines(bytes: string): SourceLine[] {
  const lines: SourceLine[] = [];
  let start = 0;
  for (const match of bytes.matchAll(/\r\n|\n|\r/g)) {
    lines.push({ text: bytes.slice(start, match.index), ending: match[0] as LineEnding });
    start = match.index + match[0].length;
  }
  if (start < bytes.length) lines.push({ text: bytes.slice(start), ending: '' });
  return lines;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function endOfWord(text: string, from: number): number {
  let end = from;
  while (end < text.length && !isBlank(text[end])) end += 1;
  return end;
}

function onlyBlanks(text: string, from: number): boolean {
  for (let at = from; at < text.length; at += 1) if (!isBlank(text[at])) return false;
  return true;
}

/**
 * Reads a quoted token as the original does: the closing quote is looked for from the end of the first word on.
 * Where that fails but the first word is closed itself (`"OK" `), that word is taken: trouble `trailing`.
 */
function quotedToken(text: string, index: number, quote: '"' | "'"): { token: Token; next: number } {
  const wordEnd = endOfWord(text, index);
  const closedWord = wordEnd - index >= 2 && text[wordEnd - 1] === quote;
  const make = (end: number, trouble: Token['trouble']) => {
    const raw = text.slice(index, end);
    const value = trouble === 'unclosed' ? raw.slice(1) : raw.slice(1, -1);
    return { token: { raw, value, index, quote, trouble }, next: end };
  };
  if (wordEnd === text.length) return make(wordEnd, closedWord ? undefined : 'unclosed');
  const close = text.indexOf(quote, wordEnd);
  if (close >= 0 && (!closedWord || onlyBlanks(text, close + 1))) return make(close + 1, undefined);
  if (closedWord) return make(wordEnd, 'trailing');
  return make(text.length, 'unclosed');
}

/** The tokens of one line, separated by blanks and TABs. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (isBlank(text[at])) at += 1;
    const first = text[at];
    if (first === undefined) return tokens;
    if (first === '"' || first === "'") {
      const { token, next } = quotedToken(text, at, first);
      tokens.push(token);
      at = next;
    } else {
      const end = endOfWord(text, at);
      const raw = text.slice(at, end);
      tokens.push({ raw, value: raw, index: at, quote: undefined, trouble: undefined });
      at = end;
    }
  }
}
