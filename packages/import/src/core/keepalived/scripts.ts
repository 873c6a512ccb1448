import type { Statement } from '../ledger.js';
import { commandText, wordsOfCommand } from '../program.js';
import type { KeepalivedScope, KeepalivedWord } from './directives.js';

const BY_HAND = 'lvs.cf cannot hold this command: a path from /, and words without quotes; write a script';

/**
 * The program of a statement `WORD "PROGRAM ARGUMENTS" [USER [GROUP]]`, carried over; a note where lvs.cf cannot hold it, or
 * for the user, who is the same for all programs.
 */
export function scriptOf({ ledger }: KeepalivedScope, statement: Statement): string | undefined {
  const [, command = '', user, group] = statement.words;
  const program = commandText(wordsOfCommand(command));
  if (program === undefined) {
    ledger.note(statement, BY_HAND);
    return undefined;
  }
  ledger.carried(statement);
  if (user !== undefined) {
    const who = group === undefined ? user : `${user} ${group}`;
    ledger.note(
      statement,
      `'${who}' behind it is not understood here: notify_user says who runs all programs`,
    );
  }
  return program;
}

/** The program that a word names, the last time it stands. */
export function readScript(scope: KeepalivedScope, word: KeepalivedWord): string | undefined {
  const statement = scope.last(word);
  return statement === undefined ? undefined : scriptOf(scope, statement);
}
