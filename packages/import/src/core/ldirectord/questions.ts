import type { ServiceProtocol } from '@piranha/config';
import { pagePath } from '../checks.js';
import type { ClassicCheck, DraftCheck } from '../draft.js';
import type { Ledger, Statement } from '../ledger.js';
import { asPattern, asWholePattern, isPlainText } from '../pattern.js';
import { canBeWritten } from '../writer-words.js';

/** What a server is asked, and what is waited for. */
export interface Question {
  /** For the notes about the check as a whole. */
  readonly statement: Statement;
  /** For the notes about what is waited for. */
  readonly answer: Statement;
  readonly service: string;
  readonly protocol: ServiceProtocol;
  /** As ldirectord keeps it: with / in front. */
  readonly request: string;
  readonly receive: string;
  readonly method: 'GET' | 'HEAD';
  readonly host: string | undefined;
  readonly login: string | undefined;
  readonly hasPassword: boolean;
  readonly database: string | undefined;
}

const STATUS = '^HTTP/1[.][01] 2';
const NOT_POSIX = 'the answer it waits for cannot be said as a POSIX expression';

/** What the answer must hold behind a front; `front` alone with a note where the source's expression is another kind. */
function expectation(ledger: Ledger, statement: Statement, front: string, receive: string): string {
  if (receive === '') return front;
  const pattern = asPattern(receive);
  const expect = `${front}.*(${pattern})`;
  if (pattern !== undefined && canBeWritten(expect)) return expect;
  ledger.note(statement, `${NOT_POSIX}: any 2xx passes`);
  return front;
}

/** The words for a body that must match; none, with a note, where that cannot be said. */
function bodyWords(ledger: Ledger, { answer, receive, method }: Question): DraftCheck['words'] {
  if (receive === '') return {};
  if (method === 'HEAD') {
    ledger.note(answer, 'the answer to HEAD has no body that could hold it: any 2xx passes');
    return {};
  }
  if (isPlainText(receive) && canBeWritten(receive)) return { body: receive };
  const pattern = asWholePattern(receive);
  if (pattern !== undefined && canBeWritten(pattern)) return { regex: pattern };
  ledger.note(answer, `${NOT_POSIX}: any 2xx passes; write body or regex by hand`);
  return {};
}

/** A page, over TLS for https. */
export function pageCheck(ledger: Ledger, question: Question): DraftCheck {
  const { request, statement, host, method, service } = question;
  const bare = request.replace(/^\/(?=https?:\/\/)/, '').replace(/^https?:\/\/[^/]+/, '');
  const path = pagePath(bare === '' ? '/' : bare);
  if (path === undefined || bare !== request)
    ledger.note(
      statement,
      `lvs.cf cannot hold this request: ${path ?? '/'} is asked for, of the server itself`,
    );
  return {
    kind: service === 'https' ? 'ssl_get' : 'http_get',
    words: {
      path: path ?? '/',
      method: method === 'GET' ? undefined : method,
      virtualhost: host,
      ...bodyWords(ledger, question),
    },
  };
}

/** The question for a page to a proxy, and the answer to it. */
export function proxyCheck(ledger: Ledger, question: Question): ClassicCheck {
  const { statement, request, method, host, answer, receive } = question;
  const path = request.replace(/^\//, '');
  const target = /[\\\s"']/.test(path) || path === '' || !canBeWritten(path) ? '/' : path;
  if (target !== path) ledger.note(statement, `lvs.cf cannot hold this request: ${target} is asked for`);
  const lines = [`${method} ${target} HTTP/1.0`, ...(host === undefined ? [] : [`Host: ${host}`])];
  const send = `${lines.join('\\r\\n')}\\r\\n\\r\\n`;
  return { send, expect: expectation(ledger, answer, STATUS, receive), useRegex: true };
}

/** Text sent as it is, but for `\n`, and an expression that a line of the answer must match. */
export function simpleCheck(ledger: Ledger, { answer, request, receive }: Question): ClassicCheck {
  const text = request.replace(/^\//, '').replace(/\\(?!n)/g, '\\\\');
  const send = text === '' ? undefined : text;
  if (send !== undefined && !canBeWritten(send)) {
    ledger.note(answer, 'lvs.cf cannot hold this request: nothing is sent');
    return { expect: '*' };
  }
  if (receive === '') return { send, expect: '*' };
  const pattern = asPattern(receive);
  if (pattern !== undefined && canBeWritten(pattern)) return { send, expect: pattern, useRegex: true };
  ledger.note(answer, `${NOT_POSIX}: any answer passes`);
  return { send, expect: '*' };
}
