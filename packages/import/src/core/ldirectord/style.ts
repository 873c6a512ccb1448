import type { ServiceProtocol } from '@piranha/config';
import { pageHost } from '../checks.js';
import type { Statement } from '../ledger.js';
import { commandText } from '../program.js';
import type { CheckStyle } from './checks.js';
import type { LdirectordScope } from './directives.js';
import { plainValue, unquoted } from './lines.js';
import { DATAGRAM_SERVICES } from './other-questions.js';

const SERVICES: Readonly<Record<number, string>> = {
  21: 'ftp',
  25: 'smtp',
  53: 'dns',
  80: 'http',
  110: 'pop',
  119: 'nntp',
  143: 'imap',
  389: 'ldap',
  443: 'https',
  587: 'submission',
  636: 'ldaps',
  993: 'imaps',
  995: 'pops',
  1521: 'oracle',
  1812: 'radius',
  3128: 'http_proxy',
  3306: 'mysql',
  5060: 'sip',
  5432: 'pgsql',
};
const NAMES: readonly string[] = [...Object.values(SERVICES), 'none', 'simpletcp'];
const QUESTION_WORDS = ['request', 'receive', 'virtualhost', 'httpmethod', 'login', 'database'] as const;
/** Which of them the services of checktype negotiate have a use for. */
const USES: Readonly<Record<string, readonly (typeof QUESTION_WORDS)[number][]>> = {
  http: ['request', 'receive', 'virtualhost', 'httpmethod'],
  https: ['request', 'receive', 'virtualhost', 'httpmethod'],
  http_proxy: ['request', 'receive', 'virtualhost', 'httpmethod'],
  simpletcp: ['request', 'receive'],
  dns: ['request', 'receive'],
  ldap: ['request', 'receive'],
  pgsql: ['login', 'database'],
  sip: ['login'],
};
const PERL = '/usr/bin/perl';
const TYPES = ['negotiate', 'connect', 'ping', 'external', 'on', 'off'] as const;

/** What a service is checked by where its virtual says nothing else. */
function usualService(port: number): string {
  return SERVICES[port] ?? 'none';
}

/** The port that a kind of service usually has. */
export function usualPort(service: string): number | undefined {
  const found = Object.entries(SERVICES).find(([, name]) => name === service);
  return found === undefined ? undefined : Number(found[0]);
}

/** The type, and whether its program is Perl code for ldirectord itself. */
function readType(scope: LdirectordScope): { type: CheckStyle['type']; perl: boolean } {
  const statement = scope.last('checktype');
  const word = statement?.words[1] ?? 'negotiate';
  if (statement === undefined) return { type: 'negotiate', perl: false };
  const type = TYPES.find((one) => one === word);
  if (type) scope.ledger.carried(statement);
  else if (word === 'external-perl') {
    scope.ledger.note(
      statement,
      `each check runs its code by ${PERL}, without what ldirectord has around it`,
    );
    return { type: 'external', perl: true };
  } else if (/^\d+$/.test(word) || word === 'combined') {
    scope.ledger.note(statement, 'every check asks, not each so many connections');
  } else {
    scope.ledger.note(statement, 'it is no checktype: negotiate is taken, which is the usual one');
  }
  return { type: type ?? 'negotiate', perl: false };
}

function readService(scope: LdirectordScope, port: number): string {
  const statement = scope.last('service');
  const word = statement?.words[1] ?? '';
  if (statement === undefined) return usualService(port);
  if (NAMES.includes(word)) {
    scope.ledger.carried(statement);
    return word;
  }
  scope.ledger.note(statement, `it is no service that ldirectord knows: ${usualService(port)} is taken`);
  return usualService(port);
}

/** A text in quotes; ldirectord knows the word without them not. */
function readQuoted(
  scope: LdirectordScope,
  name: 'request' | 'receive' | 'login' | 'database',
): string | undefined {
  const statement = scope.last(name);
  if (statement === undefined) return undefined;
  const text = unquoted(statement);
  if (text === undefined || text === '') {
    scope.ledger.note(statement, 'its value must stand in double quotes');
    return undefined;
  }
  scope.ledger.carried(statement);
  return text;
}

/** Words that only a question needs, where none is asked, or another one. */
function noteUnasked(
  scope: LdirectordScope,
  type: CheckStyle['type'],
  service: string,
  { protocol }: ServiceWords,
): void {
  const isAsked = type === 'negotiate' && (protocol !== 'udp' || DATAGRAM_SERVICES.includes(service));
  const uses = isAsked && Object.hasOwn(USES, service) ? (USES[service] ?? []) : [];
  const words = QUESTION_WORDS.filter((word) => !uses.includes(word));
  for (const statement of scope.all(...words)) {
    // What a login would need is told by its own reason.
    if (isAsked && ['login', 'database'].includes(statement.words[0] ?? '')) continue;
    const what =
      type === 'negotiate' ? `no ${service} question is asked with it` : `checktype ${type} asks nothing`;
    scope.ledger.note(statement, `it has no use: ${what}`);
  }
}

function readMethod(scope: LdirectordScope): 'GET' | 'HEAD' {
  const statement = scope.last('httpmethod');
  const word = statement?.words[1]?.toUpperCase();
  if (statement === undefined) return 'GET';
  if (word === 'GET' || word === 'HEAD') scope.ledger.carried(statement);
  else scope.ledger.note(statement, 'it is neither GET nor HEAD');
  return word === 'HEAD' ? 'HEAD' : 'GET';
}

function readHost(scope: LdirectordScope): string | undefined {
  const statement = scope.last('virtualhost');
  if (statement === undefined) return undefined;
  const host = pageHost(plainValue(statement));
  if (host !== undefined) {
    scope.ledger.carried(statement);
    return host;
  }
  scope.ledger.note(statement, 'it is no host name');
  return undefined;
}

/** What is known of a service before its checks are read. */
export interface ServiceWords {
  readonly protocol: ServiceProtocol;
  readonly port: number;
}

function readProgram(scope: LdirectordScope, type: CheckStyle['type'], perl: boolean): string | undefined {
  const statement = scope.last('checkcommand');
  if (statement && type !== 'external') {
    scope.ledger.note(statement, `it has no use: checktype ${type} runs no program`);
    return undefined;
  }
  const command = statement === undefined ? '/bin/true' : plainValue(statement);
  // One word: ldirectord takes it as the name of the program, blanks and all.
  const text = commandText(perl ? [PERL, command] : [command]);
  if (statement && text === undefined) {
    const reason =
      'lvs.cf cannot hold this command (a path from /, without blanks): a connection is tried in its place';
    scope.ledger.note(statement, reason);
  } else if (statement) scope.ledger.carried(statement);
  return type === 'external' ? text : undefined;
}

/** How a virtual checks its servers. */
export function readStyle(scope: LdirectordScope, header: Statement, words: ServiceWords): CheckStyle {
  const { type, perl } = readType(scope);
  const statement =
    scope.statements.findLast((one) => one.words[0] === 'service') ??
    scope.statements.findLast((one) => one.words[0] === 'checktype') ??
    header;
  const service = readService(scope, words.port);
  noteUnasked(scope, type, service, words);
  const asks = service === 'pgsql' || service === 'sip';
  const hasPassword = scope.statements.some((one) => ['login', 'passwd'].includes(one.words[0] ?? ''));
  const answer = scope.last('receive') ?? statement;
  const request = readQuoted(scope, 'request') ?? '/';
  const login = asks && type === 'negotiate' ? readQuoted(scope, 'login') : undefined;
  const question = {
    statement,
    answer,
    service,
    protocol: words.protocol,
    request: request.startsWith('/') ? request : `/${request}`,
    receive: readQuoted(scope, 'receive') ?? '',
    method: readMethod(scope),
    host: readHost(scope),
    login,
    database: service === 'pgsql' && login !== undefined ? readQuoted(scope, 'database') : undefined,
    hasPassword,
  };
  return { type, question, program: readProgram(scope, type, perl) };
}
