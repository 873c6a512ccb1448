import { InvalidArgumentError } from 'commander';

const LONGEST_REASON = 200;

/** Words for a log line: what would move a cursor or split the line is refused. */
export function reasonText(text: string): string {
  if (text.length > LONGEST_REASON) throw new InvalidArgumentError(`over ${LONGEST_REASON} characters.`);
  if (/\p{Cc}|\p{Zl}|\p{Zp}|\p{Bidi_Control}/u.test(text)) {
    throw new InvalidArgumentError('it has a character that cannot be printed.');
  }
  return text.trim();
}
