import type { FtpCheckSpec, ImapCheckSpec, PopCheckSpec } from '../../check-model-protocols.js';
import type { CheckKind } from './kind.js';
import { loginProblems, PASSWORD_FILE, userWord } from './login-words.js';

type GreetingSpec = ImapCheckSpec | PopCheckSpec | FtpCheckSpec;

const USER = userWord(
  'Logs in as this user. The password goes over the wire as it is: use a user who may do nothing.',
);

/** A server that greets, and takes a user and a password. */
function greetingKind<Spec extends GreetingSpec>(kind: Spec['kind'], help: string): CheckKind<Spec> {
  return {
    kind,
    help,
    words: [USER, PASSWORD_FILE],
    usesPort: true,
    build: (values, base) =>
      ({
        kind,
        ...base,
        user: values.text('user'),
        passwordFile: values.text('password_file'),
      }) as Spec,
    problems: (spec, tell) => loginProblems(spec, 'user', tell),
  };
}

/** An IMAP server. */
export const imapKind = greetingKind<ImapCheckSpec>(
  'imap',
  'Passes when the greeting is OK and NOOP is answered; with `user` when the login is accepted. Ends with LOGOUT.',
);

/** A POP3 server. */
export const popKind = greetingKind<PopCheckSpec>(
  'pop',
  'Passes when the greeting is +OK; with `user` when the login is accepted. Ends with QUIT.',
);

/** An FTP server. */
export const ftpKind = greetingKind<FtpCheckSpec>(
  'ftp',
  'Passes when the banner is 220; with `user` when the login is accepted. Ends with QUIT.',
);
