import { UserError } from '@piranha/common';

const LINE_LIMIT = 100_000;
const LINE_LENGTH_LIMIT = 16_384;
/** Statements of all files together. */
export const STATEMENT_LIMIT = 200_000;
/** Blocks within blocks. */
export const DEPTH_LIMIT = 20;

/** What lvsctl ends with for a file that it cannot read. */
const UNREADABLE = 4;

/** A source that is beyond the limits. */
export function tooLarge(file: string, what: string): UserError {
  return new UserError(`${file}: ${what}`, {
    code: 'IMPORT_TOO_LARGE',
    hint: 'is this a configuration?',
    exitCode: UNREADABLE,
  });
}

/**
 * The lines of a source, without line ends.
 * @throws UserError `IMPORT_TOO_LARGE` beyond 100,000 lines or 16,384 characters in one of them
 */
export function linesOf(file: string, text: string): readonly string[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  if (lines.length > LINE_LIMIT) throw tooLarge(file, `more than ${LINE_LIMIT} lines`);
  const long = lines.findIndex((line) => line.length > LINE_LENGTH_LIMIT);
  if (long >= 0) throw tooLarge(file, `line ${long + 1} is longer than ${LINE_LENGTH_LIMIT} characters`);
  return lines;
}
