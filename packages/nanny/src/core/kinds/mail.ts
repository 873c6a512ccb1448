import type { Dialogue } from './dialogue.js';
import { commandLine, LineDialogue, type LineExchange, numericAnswer } from './line-dialogue.js';
import type { Login } from './login.js';

/** SMTP (RFC 5321): the banner, EHLO with a name, and an orderly QUIT. No mail is sent. */
export function smtpDialogue(heloName: string): Dialogue {
  const exchanges: readonly LineExchange[] = [
    { stage: 'the banner', judge: numericAnswer(['220']) },
    {
      stage: 'the answer to EHLO',
      send: commandLine(`EHLO ${heloName}`),
      judge: numericAnswer(['250']),
    },
  ];
  return new LineDialogue(exchanges, 'banner and EHLO answered', commandLine('QUIT'));
}

/** FTP (RFC 959): the banner; with a login also USER and PASS. */
export function ftpDialogue(login: Login | undefined): Dialogue {
  const exchanges: LineExchange[] = [{ stage: 'the banner', judge: numericAnswer(['220']) }];
  if (login) {
    const { user, password } = login;
    exchanges.push(
      {
        stage: 'the answer to USER',
        send: commandLine(`USER ${user}`),
        judge: numericAnswer(['331'], ['230']),
      },
      {
        stage: 'the answer to PASS',
        send: commandLine(`PASS ${password}`),
        shown: 'PASS (password)',
        judge: numericAnswer(['230', '202']),
      },
    );
  }
  return new LineDialogue(exchanges, login ? 'logged in' : 'banner received', commandLine('QUIT'));
}

const pop: LineExchange['judge'] = () => (line) => (/^\+OK\b/.test(line) ? 'accepted' : 'refused');

/** POP3 (RFC 1939): the greeting; with a login also USER and PASS. */
export function popDialogue(login: Login | undefined): Dialogue {
  const exchanges: LineExchange[] = [{ stage: 'the greeting', judge: pop }];
  if (login) {
    exchanges.push(
      { stage: 'the answer to USER', send: commandLine(`USER ${login.user}`), judge: pop },
      {
        stage: 'the answer to PASS',
        send: commandLine(`PASS ${login.password}`),
        shown: 'PASS (password)',
        judge: pop,
      },
    );
  }
  return new LineDialogue(exchanges, login ? 'logged in' : 'greeting received', commandLine('QUIT'));
}

function tagged(tag: string): LineExchange['judge'] {
  return () => (line) => {
    if (line.startsWith(`${tag} OK`)) return 'accepted';
    if (/^\* BYE\b/i.test(line)) return 'refused';
    return line.startsWith('* ') ? 'more' : 'refused';
  };
}

/** A quoted string of IMAP. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** IMAP4rev1 (RFC 3501): the greeting and NOOP, or a login; then an orderly LOGOUT. */
export function imapDialogue(login: Login | undefined): Dialogue {
  const greeting: LineExchange['judge'] = () => (line) => {
    if (/^\* OK\b/i.test(line)) return 'accepted';
    return /^\* PREAUTH\b/i.test(line) ? 'all done' : 'refused';
  };
  const second: LineExchange = login
    ? {
        stage: 'the answer to LOGIN',
        send: commandLine(`c1 LOGIN ${quoted(login.user)} ${quoted(login.password)}`),
        shown: `c1 LOGIN ${login.user} (password)`,
        judge: tagged('c1'),
      }
    : { stage: 'the answer to NOOP', send: commandLine('c1 NOOP'), judge: tagged('c1') };
  const exchanges = [{ stage: 'the greeting', judge: greeting }, second];
  return new LineDialogue(exchanges, login ? 'logged in' : 'NOOP answered', commandLine('c2 LOGOUT'));
}
