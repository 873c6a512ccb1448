import { pageHost, pagePath } from '../checks.js';
import type { DraftCheck } from '../draft.js';
import { asPattern } from '../pattern.js';
import { Scope } from '../scope.js';
import { canBeWritten } from '../writer-words.js';
import type { KeepalivedScope, KeepalivedWord } from './directives.js';

const MOST_PAGES = 16;
const ANY_TEXT = 'the body is not searched';
const BESIDE_REGEX = ['regex_options', 'regex_min_offset', 'regex_max_offset', 'regex_no_match'] as const;

/** What is the same for all pages of one check. */
interface PageFrame {
  readonly kind: 'http_get' | 'ssl_get';
  readonly host: string | undefined;
  readonly version: '1.0' | '1.1';
  readonly sni: string | undefined;
}

function readPath(scope: KeepalivedScope): string {
  const statement = scope.last('path');
  const path = pagePath(statement?.words[1] ?? '/');
  if (statement && path === undefined)
    scope.ledger.note(statement, 'lvs.cf cannot hold this path: / is asked for');
  else if (statement) scope.ledger.carried(statement);
  return path ?? '/';
}

/** True for codes and ranges as `status_code` of lvs.cf has them. */
function areCodes(words: readonly string[]): boolean {
  return (
    words.length > 0 &&
    words.every((word) => {
      const [, first = '', last = first] = /^([1-9]\d{2})(?:-([1-9]\d{2}))?$/.exec(word) ?? [];
      return first !== '' && last >= first;
    })
  );
}

function readStatus(scope: KeepalivedScope): string | undefined {
  const statement = scope.last('status_code');
  const words = statement?.words.slice(1) ?? [];
  if (statement === undefined) return undefined;
  if (areCodes(words) && words.join(' ').length < 4096) {
    scope.ledger.carried(statement);
    return words.join(' ');
  }
  scope.ledger.note(statement, 'these are no status codes: any 2xx passes');
  return undefined;
}

function readDigest(scope: KeepalivedScope): string | undefined {
  const isMd5 = (digest: string) => /^[0-9a-fA-F]{32}$/.test(digest);
  const reason = 'it is no MD5: the body is not compared; lvsctl genhash prints one';
  return scope.text('digest', isMd5, reason)?.toLowerCase();
}

function readRegex(scope: KeepalivedScope): string | undefined {
  const statement = scope.last('regex');
  const others = scope.all(...BESIDE_REGEX);
  for (const other of others) {
    const reason = `${other.words[0]} is not known here: ${ANY_TEXT}; write regex or body by hand`;
    scope.ledger.note(other, reason);
  }
  if (statement === undefined) return undefined;
  const pattern = asPattern(statement.words[1] ?? '');
  if (others.length === 0 && pattern !== undefined && canBeWritten(pattern)) {
    scope.ledger.carried(statement);
    return pattern;
  }
  const reason =
    others.length > 0
      ? `it means something else without ${others[0]?.words[0]}: ${ANY_TEXT}`
      : `it means something else as a POSIX expression: ${ANY_TEXT}; write regex or body by hand`;
  scope.ledger.note(statement, reason);
  return undefined;
}

/** The name of a web site that servers are asked for: that of `virtualhost`, or one from further out. */
export function readHost(scope: KeepalivedScope, inherited: string | undefined): string | undefined {
  const statement = scope.last('virtualhost');
  const host = pageHost(statement?.words[1] ?? '');
  if (statement === undefined) return inherited;
  if (host === undefined) {
    scope.ledger.note(statement, 'lvs.cf cannot hold this name');
    return inherited;
  }
  scope.ledger.carried(statement);
  return host;
}

function readPage(scope: KeepalivedScope, frame: PageFrame): DraftCheck {
  return {
    kind: frame.kind,
    words: {
      path: readPath(scope),
      virtualhost: readHost(scope, frame.host),
      http_protocol: frame.version,
      status_code: readStatus(scope),
      digest: readDigest(scope),
      regex: readRegex(scope),
      sni: frame.sni,
    },
  };
}

function readVersion(scope: KeepalivedScope): '1.0' | '1.1' {
  const statement = scope.last('http_protocol');
  const word = statement?.words[1]?.toUpperCase();
  if (statement === undefined) return '1.0';
  // The connection ends behind every answer, which is what the C says.
  if (word === '1.0' || word === '1.0C' || word === '1.1') scope.ledger.carried(statement);
  else scope.ledger.note(statement, 'HTTP/1.0 is spoken');
  return word === '1.1' ? '1.1' : '1.0';
}

function isHostName(name: string): boolean {
  return /^(?=.{1,253}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(name) && /[A-Za-z]/.test(name);
}

function readSni(scope: KeepalivedScope): string | undefined {
  const enabled = scope.flag('enable_sni');
  if (enabled) scope.ledger.carried(enabled);
  return scope.text('sni_name', isHostName, 'it is no host name: that of virtualhost is asked for');
}

/** A check block for each url: all of them must pass. */
export function readPages(
  scope: KeepalivedScope,
  kind: PageFrame['kind'],
  inheritedHost: string | undefined,
): readonly DraftCheck[] {
  const host = readHost(scope, inheritedHost);
  const frame = {
    kind,
    host,
    version: readVersion(scope),
    sni: kind === 'ssl_get' ? readSni(scope) : undefined,
  };
  const urls = scope.all('url');
  for (const url of urls.slice(MOST_PAGES))
    scope.ledger.noteAll(url, `a server has ${MOST_PAGES} checks at most`);
  const pages = urls.slice(0, MOST_PAGES).map((url) => {
    scope.ledger.carried(url);
    return readPage(new Scope<KeepalivedWord>(scope.ledger, url.children ?? []), frame);
  });
  if (pages.length === 0) return [readPage(new Scope<KeepalivedWord>(scope.ledger, []), frame)];
  noteUnusedHost(scope, pages);
  return pages;
}

/** A `virtualhost` by which no page is asked for. */
export function noteUnusedHost(scope: KeepalivedScope, checks: readonly DraftCheck[]): void {
  const statement = scope.statements.find(({ words }) => words[0] === 'virtualhost');
  const host = statement?.words[1];
  if (statement === undefined || checks.some(({ words }) => words.virtualhost === host)) return;
  const asks = checks.some(({ words }) => words.path !== undefined);
  scope.ledger.note(
    statement,
    `it has no use: ${asks ? 'pages are asked for by other names' : 'no page is asked for'}`,
  );
}
