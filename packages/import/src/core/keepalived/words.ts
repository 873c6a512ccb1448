/** One word of a line, or a brace. */
export interface Token {
  readonly kind: 'word' | 'open' | 'close';
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Reads from an opening quote to its closing one, or to the end of the line. */
function readQuoted(line: string, start: number): { text: string; next: number } {
  const quote = line[start];
  let text = '';
  let at = start + 1;
  while (at < line.length && line[at] !== quote) {
    if (line[at] === '\\' && at + 1 < line.length) {
      at += 1;
      const character = line[at] as string;
      text += ESCAPES[character] ?? character;
    } else text += line[at];
    at += 1;
  }
  return { text, next: at + 1 };
}

function isBrace(character: string | undefined): boolean {
  return character === '{' || character === '}';
}

function braces(text: string, column: number): Token[] {
  return [...text].map((brace, index) => ({
    kind: brace === '{' ? 'open' : 'close',
    text: brace,
    column: column + index,
  }));
}

/** A word without quotes: braces glued to its ends are braces, unless they belong to a variable. */
function bareTokens(text: string, column: number): Token[] {
  if (text.includes('$')) {
    const glued =
      text.endsWith('{') && !text.endsWith('${') && (text.endsWith('}{') || !/[{}]/.test(text.slice(0, -1)));
    const word: Token = { kind: 'word', text: glued ? text.slice(0, -1) : text, column };
    return glued ? [word, { kind: 'open', text: '{', column: column + text.length - 1 }] : [word];
  }
  let start = 0;
  while (isBrace(text[start])) start += 1;
  let end = text.length;
  while (end > start && isBrace(text[end - 1])) end -= 1;
  const middle = text.slice(start, end);
  const word: Token[] = middle === '' ? [] : [{ kind: 'word', text: middle, column: column + start }];
  return [...braces(text.slice(0, start), column), ...word, ...braces(text.slice(end), column + end)];
}

/** The words and braces of one line; `!` and `#` outside quotes begin a comment. */
export function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length) {
    const character = line[at] as string;
    if (/\s/.test(character)) at += 1;
    else if (character === '!' || character === '#') break;
    else if (character === '"' || character === "'") {
      const { text, next } = readQuoted(line, at);
      tokens.push({ kind: 'word', text, column: at + 1 });
      at = next;
    } else {
      // The head of a loop is one word, whatever braces stand in it.
      const loop = /^~\w+\([^)]*\)/.exec(line.slice(at))?.[0];
      const end = at + (loop ?? /^[^\s!#"']+/.exec(line.slice(at))?.[0] ?? character).length;
      if (loop === undefined) tokens.push(...bareTokens(line.slice(at, end), at + 1));
      else tokens.push({ kind: 'word', text: loop, column: at + 1 });
      at = end;
    }
  }
  return tokens;
}
