import type { DraftCheck } from '../draft.js';
import type { Ledger, Statement } from '../ledger.js';
import { canBeWritten } from '../writer.js';

/** What a request for a page needs beside its path. */
export interface HttpQuestion {
  readonly method: 'GET' | 'HEAD';
  readonly host: string | undefined;
  readonly proxy?: boolean;
}

const STATUS = '^HTTP/1[.][01] 2';

/** What Perl reads otherwise than POSIX. */
const OTHERWISE = /[\\^$"{}]|\(\?|[*+?][*+?]|\[\]|\[\[|[^\x20-\x7e]/;
const EMPTY_PARTS = /\(\)|\(\||\|\)|\|\||^\||\|$/;

/**
 * A Perl expression where it means the same to a POSIX one: no backslashes, anchors, lazy repetitions or groups with
 * options, and one that can be read at all. Undefined for others.
 */
export function asPattern(receive: string): string | undefined {
  if (receive === '' || OTHERWISE.test(receive) || EMPTY_PARTS.test(receive)) return undefined;
  try {
    new RegExp(receive);
  } catch {
    return undefined;
  }
  return receive;
}

/** What the answer must hold behind a front; `front` alone with a note where the source's expression is another kind. */
function expectation(ledger: Ledger, statement: Statement, front: string, receive: string): string {
  if (receive === '') return front;
  const pattern = asPattern(receive);
  const expect = `${front}.*(${pattern})`;
  if (pattern !== undefined && canBeWritten(expect)) return expect;
  ledger.note(statement, 'the answer it waits for cannot be said as a POSIX expression: any 2xx passes');
  return front;
}

/** The question for a page and the answer to it; redirections are not followed. */
export function httpCheck(
  ledger: Ledger,
  statement: Statement,
  { method, host, proxy }: HttpQuestion,
  request: string,
  receive: string,
): DraftCheck {
  const path = proxy ? request.replace(/^\//, '') : request;
  const target = /[\\\s"']/.test(path) || path === '' || !canBeWritten(path) ? '/' : path;
  if (target !== path) ledger.note(statement, `lvs.cf cannot hold this request: ${target} is asked for`);
  const lines = [`${method} ${target} HTTP/1.0`, ...(host === undefined ? [] : [`Host: ${host}`])];
  const send = `${lines.join('\\r\\n')}\\r\\n\\r\\n`;
  return { send, expect: expectation(ledger, statement, STATUS, receive), useRegex: true };
}

/** Text sent as it is, but for `\n`, and an expression that a line of the answer must match. */
export function simpleCheck(
  ledger: Ledger,
  statement: Statement,
  request: string,
  receive: string,
): DraftCheck {
  const text = request.replace(/^\//, '').replace(/\\(?!n)/g, '\\\\');
  const send = text === '' ? undefined : text;
  if (send !== undefined && !canBeWritten(send)) {
    ledger.note(statement, 'lvs.cf cannot hold this request: nothing is sent');
    return { expect: '*' };
  }
  if (receive === '') return { send, expect: '*' };
  const pattern = asPattern(receive);
  if (pattern !== undefined && canBeWritten(pattern)) return { send, expect: pattern, useRegex: true };
  ledger.note(statement, 'the answer it waits for cannot be said as a POSIX expression: any answer passes');
  return { send, expect: '*' };
}
