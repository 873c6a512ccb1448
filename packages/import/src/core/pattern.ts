/** What Perl and PCRE read otherwise than POSIX. */
const OTHERWISE = /[\\^$"{}]|\(\?|[*+?][*+?]|\[\]|\[\[|[^\x20-\x7e]/;
const EMPTY_PARTS = /\(\)|\(\||\|\)|\|\||^\||\|$/;
/** A backslash before a sign that is no letter or digit is that sign. */
const ESCAPED = /\\([^A-Za-z0-9\s"'\\^\]{}])/g;

/**
 * A Perl expression where it means the same to a POSIX one: no anchors, lazy repetitions or groups with options, of
 * backslashes those before signs, and one that can be read at all. Undefined for others.
 */
export function asPattern(expression: string): string | undefined {
  const inBrackets = /\[[^\]]*\\/.test(expression);
  const plain = inBrackets ? expression : expression.replace(ESCAPED, '[$1]');
  if (plain === '' || OTHERWISE.test(plain.replace(/\[[$]\]/g, '')) || EMPTY_PARTS.test(plain)) {
    return undefined;
  }
  try {
    new RegExp(plain);
  } catch {
    return undefined;
  }
  return plain;
}

/** The same of an expression that is searched from the begin of a text on, where ^ in front means the same too. */
export function asWholePattern(expression: string): string | undefined {
  const pattern = asPattern(expression.replace(/^\^/, ''));
  if (!expression.startsWith('^') || pattern === undefined) return pattern;
  return pattern.includes('|') ? undefined : `^${pattern}`;
}

/** True for an expression that is a mere text: nothing in it has a meaning of its own. */
export function isPlainText(expression: string): boolean {
  return /^[\w \-,:;=<>/!@#%&~]+$/.test(expression);
}
