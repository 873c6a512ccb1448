import { checkWord, type TellProblem } from './kind.js';

/** The row of `user`. */
export function userWord(help: string) {
  return checkWord({ name: 'user', type: 'text', help });
}

/** The row of `password_file`. */
export const PASSWORD_FILE = checkWord({
  name: 'password_file',
  type: 'text',
  help: 'File of mode 600 that holds the password, one line. Read at each check, so that a new password needs no restart.',
});

interface LoginTexts {
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
}

/** Rules between a user and a password: one without the other, and paths from nowhere. */
export function loginProblems({ user, passwordFile }: LoginTexts, userName: string, tell: TellProblem): void {
  if (passwordFile !== undefined && user === undefined) {
    const text = `password_file without ${userName}`;
    tell('error', 'password_file', 'CF_CHECK_LOGIN', text, `write ${userName} = NAME beside it`);
  }
  if (passwordFile !== undefined) pathProblem('password_file', passwordFile, tell);
  if (user !== undefined) plainProblem(userName, user, tell);
}

/** A path must not depend on the directory that a daemon was started in. */
export function pathProblem(word: string, path: string, tell: TellProblem): void {
  if (path.startsWith('/')) return;
  tell('error', word, 'CF_CHECK_PATH', `${word} is no absolute path`, 'write the whole path, from /');
}

/** A text that becomes part of a line of a protocol. */
export function plainProblem(word: string, text: string, tell: TellProblem): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (!/[\x00-\x1f\x7f]/.test(text)) return;
  tell('error', word, 'CF_CHECK_TEXT', `${word} holds a control character`, 'delete it');
}
