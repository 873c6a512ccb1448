import type { ServiceProtocol } from '@piranha/config';
import type { Statement } from '../ledger.js';
import { programText } from '../program.js';
import type { Scope } from '../scope.js';
import type { CheckStyle } from './checks.js';
import { plainValue, unquoted } from './lines.js';

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
/** Services whose questions lvs.cf can say. */
const ASKED: readonly string[] = ['http', 'http_proxy', 'simpletcp'];
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

function readType(scope: Scope): CheckStyle['type'] {
  const statement = scope.last('checktype');
  const word = statement?.words[1] ?? 'negotiate';
  if (statement === undefined) return 'negotiate';
  const type = TYPES.find((one) => one === word);
  if (type) {
    scope.ledger.carried(statement);
    return type;
  }
  if (word === 'external-perl') {
    scope.ledger.note(
      statement,
      'Perl code is not run: a connection is tried; checktype = external can be carried over',
    );
    return 'connect';
  }
  if (/^\d+$/.test(word)) {
    scope.ledger.note(statement, 'every check asks, not each so many connections');
    return 'negotiate';
  }
  scope.ledger.note(statement, 'it is no checktype: negotiate is taken, which is the usual one');
  return 'negotiate';
}

function readService(scope: Scope, port: number): string {
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
function readQuoted(scope: Scope, name: string): string | undefined {
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

/** Words that only a question needs, where none is asked. */
function noteUnasked(
  scope: Scope,
  type: CheckStyle['type'],
  service: string,
  { protocol }: ServiceWords,
): void {
  const isAsked = ASKED.includes(service) && protocol !== 'udp';
  if (type !== 'negotiate' || isAsked || service === 'none') return;
  for (const statement of scope.all('request', 'receive', 'virtualhost', 'httpmethod')) {
    scope.ledger.note(statement, `it has no use: no ${service} question is asked`);
  }
}

function readMethod(scope: Scope): 'GET' | 'HEAD' {
  const statement = scope.last('httpmethod');
  const word = statement?.words[1]?.toUpperCase();
  if (statement === undefined) return 'GET';
  if (word === 'GET' || word === 'HEAD') scope.ledger.carried(statement);
  else scope.ledger.note(statement, 'it is neither GET nor HEAD');
  return word === 'HEAD' ? 'HEAD' : 'GET';
}

function readHost(scope: Scope): string | undefined {
  const statement = scope.last('virtualhost');
  if (statement === undefined) return undefined;
  const host = plainValue(statement);
  if (/^[A-Za-z0-9._:[\]-]+$/.test(host)) {
    scope.ledger.carried(statement);
    return host;
  }
  scope.ledger.note(statement, 'it is no host name');
  return undefined;
}

/** What ldirectord gives an external program in front of the server's address and port. */
export interface ServiceWords {
  readonly protocol: ServiceProtocol;
  /** The virtual address, or the mark. */
  readonly name: string;
  readonly port: number;
  /** True where the servers have ports of their own. */
  readonly serverPorts: boolean;
}

function readProgram(scope: Scope, type: CheckStyle['type'], words: ServiceWords): string | undefined {
  const statement = scope.last('checkcommand');
  const command = statement === undefined ? '/bin/true' : plainValue(statement);
  const serverWords = ['%h', words.serverPorts ? '%p' : '0'];
  // One word: ldirectord takes it as the name of the program, blanks and all.
  const text = programText([command, words.name, String(words.port)], { address: '', port: 0 });
  if (statement && text === undefined) {
    scope.ledger.note(statement, 'lvs.cf cannot hold this command: a connection is tried in its place');
  } else if (statement) scope.ledger.carried(statement);
  return type === 'external' && text !== undefined ? `${text} ${serverWords.join(' ')}` : undefined;
}

/** How a virtual checks its servers. */
export function readStyle(scope: Scope, header: Statement, words: ServiceWords): CheckStyle {
  const type = readType(scope);
  const statement = scope.last('service') ?? scope.last('checktype') ?? header;
  const service = readService(scope, words.port);
  noteUnasked(scope, type, service, words);
  const answer = scope.last('receive');
  const request = readQuoted(scope, 'request') ?? '/';
  return {
    type,
    service,
    protocol: words.protocol,
    statement,
    request: request.startsWith('/') ? request : `/${request}`,
    receive: readQuoted(scope, 'receive') ?? '',
    answer: answer ?? statement,
    http: { method: readMethod(scope), host: readHost(scope) },
    program: readProgram(scope, type, words),
  };
}
