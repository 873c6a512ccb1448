import { UserError } from '@piranha/common';
import { tokenize } from './lexer.js';

function readsAs(written: string, value: string, quote: string | undefined): boolean {
  const tokens = tokenize(written);
  const token = tokens[0];
  return tokens.length === 1 && token?.value === value && token.quote === quote && !token.trouble;
}

/** A byte string as one bare word, if it can be read back as such. */
export function bareWord(value: string): string | undefined {
  const sound = readsAs(value, value, undefined) && !/[\r\n\0]/.test(value) && !value.startsWith('#');
  return sound ? value : undefined;
}

/**
 * A byte string as one word of a statement: bare where that can be read back, else in double quotes.
 * @throws UserError `CF_EDIT_BAD_VALUE` for a value that lvs.cf cannot express, such as one with a line end.
 */
export function quotedWord(value: string): string {
  const bare = bareWord(value);
  if (bare !== undefined) return bare;
  const quoted = `"${value}"`;
  if (!/[\r\n\0]/.test(value) && readsAs(quoted, value, '"')) return quoted;
  throw new UserError(`lvs.cf cannot hold this value: ${JSON.stringify(value)}`, {
    code: 'CF_EDIT_BAD_VALUE',
    hint: 'line ends, NUL bytes and some mixtures of blanks and double quotes cannot be written',
  });
}
