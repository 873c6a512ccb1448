import type { DraftCheck } from '../draft.js';
import type { Statement } from '../ledger.js';
import { Scope } from '../scope.js';
import { canBeWritten } from '../writer.js';

const CODE_LIMIT = 300;
const NOT_COMPARED = 'the body of the answer is not looked at, its status line is';

/** A pattern for the codes of `status_code`, words such as 200 or 200-299; undefined where one is none. */
export function statusPattern(words: readonly string[]): string | undefined {
  if (words.length === 0) return '^HTTP/1[.][01] 2';
  const alternatives: string[] = [];
  for (const word of words) {
    const [, first, last = first] = /^(\d{3})(?:-(\d{3}))?$/.exec(word) ?? [];
    if (first === undefined || last === undefined || last < first) return undefined;
    if (first.endsWith('00') && last.endsWith('99')) {
      const hundreds = first[0] === last[0] ? first[0] : `[${first[0]}-${last[0]}]`;
      alternatives.push(`${hundreds}[0-9][0-9]`);
    } else {
      for (let code = Number(first); code <= Number(last); code += 1) alternatives.push(String(code));
    }
    if (alternatives.length > CODE_LIMIT) return undefined;
  }
  return `^HTTP/1[.][01] (${alternatives.join('|')})`;
}

/** The bytes of a request in the spelling of `send`. */
function httpRequest(path: string, host: string | undefined, version: '1.0' | '1.1'): string {
  const lines = [`GET ${path.startsWith('/') ? path : `/${path}`} HTTP/${version}`];
  if (host !== undefined) lines.push(`Host: ${host}`);
  if (version === '1.1') lines.push('Connection: close');
  return `${lines.join('\\r\\n')}\\r\\n\\r\\n`;
}

function readPath(scope: Scope): string | undefined {
  const statement = scope.last('path');
  const path = statement?.words[1] ?? '/';
  // A backslash would begin an escape.
  if (/[\\\s"']/.test(path) || !canBeWritten(path)) {
    if (statement) scope.ledger.note(statement, 'lvs.cf cannot hold this path: / is asked for');
    return '/';
  }
  if (statement) scope.ledger.carried(statement);
  return path;
}

function readStatus(scope: Scope): string {
  const statement = scope.last('status_code');
  const usual = statusPattern([]) ?? '';
  if (statement === undefined) return usual;
  const pattern = statusPattern(statement.words.slice(1));
  if (pattern === undefined) scope.ledger.note(statement, 'these are no status codes: any 2xx passes');
  else scope.ledger.carried(statement);
  return pattern ?? usual;
}

/** The name of a web site that servers are asked for: that of `virtualhost`, or one from further out. */
export function readHost(scope: Scope, inherited: string | undefined): string | undefined {
  const statement = scope.last('virtualhost');
  const host = statement?.words[1];
  if (statement === undefined) return inherited;
  if (host === undefined || /[\\\s"']/.test(host) || !canBeWritten(host)) {
    scope.ledger.note(statement, 'lvs.cf cannot hold this name');
    return inherited;
  }
  scope.ledger.carried(statement);
  return host;
}

/** A `virtualhost` of a check that asks for no page. */
export function noteUnusedHost(scope: Scope, check: DraftCheck): void {
  if (check.send !== undefined) return;
  const statement = scope.statements.find(({ words }) => words[0] === 'virtualhost');
  if (statement) scope.ledger.note(statement, 'it has no use: no page is asked for');
}

function readVersion(scope: Scope, host: string | undefined): '1.0' | '1.1' {
  const statement = scope.last('http_protocol');
  const word = statement?.words[1] ?? '1.0';
  if (statement === undefined) return '1.0';
  if (word === '1.1' && host === undefined) {
    scope.ledger.note(statement, 'HTTP/1.1 needs a virtualhost: HTTP/1.0 is spoken');
    return '1.0';
  }
  if (word === '1.0' || word === '1.1') scope.ledger.carried(statement);
  else scope.ledger.note(statement, 'HTTP/1.0 is spoken');
  return word === '1.1' ? '1.1' : '1.0';
}

function readUrl(scope: Scope, host: string | undefined, version: '1.0' | '1.1'): DraftCheck {
  for (const statement of scope.all('digest', 'regex', 'regex_no_match', 'regex_options')) {
    scope.ledger.note(statement, NOT_COMPARED);
  }
  const path = readPath(scope) ?? '/';
  const expect = readStatus(scope);
  return { send: httpRequest(path, readHost(scope, host), version), expect, useRegex: true };
}

/** The request and the status of the first url; the others get notes. */
export function readHttpCheck(scope: Scope, inheritedHost: string | undefined): DraftCheck {
  const [first, ...others] = scope.all('url');
  for (const other of others) scope.ledger.noteAll(other, 'one request is sent: that of the first url');
  const host = readHost(scope, inheritedHost);
  const version = readVersion(scope, host ?? firstHost(first));
  if (first) scope.ledger.carried(first);
  return readUrl(new Scope(scope.ledger, first?.children ?? []), host, version);
}

function firstHost(url: Statement | undefined): string | undefined {
  return url?.children?.find(({ words }) => words[0] === 'virtualhost')?.words[1];
}
