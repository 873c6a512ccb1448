import { parseIpv4 } from '@piranha/common';
import { CONNECT, type DraftCheck, PING } from '../draft.js';
import type { Ledger } from '../ledger.js';
import { isDomainName } from '../names.js';
import { canBeWritten } from '../writer-words.js';
import type { Question } from './questions.js';

type Asker = (ledger: Ledger, question: Question) => DraftCheck;

function greeting(kind: DraftCheck['kind']): Asker {
  return () => ({ kind, words: {} });
}

function weaker(check: DraftCheck, text: string): Asker {
  return (ledger, { statement, service }) => {
    ledger.note(statement, `${service}: ${text}`);
    return check;
  };
}

function readsNothing(reason: string, asker: Asker): Asker {
  return (ledger, question) => {
    ledger.note(question.statement, reason);
    return asker(ledger, question);
  };
}

/** `1.2.3.4` as the name that its PTR record has. */
function reverseName(address: string): string {
  return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
}

function dns(ledger: Ledger, { statement, answer, request, receive, protocol }: Question): DraftCheck {
  const asked = request.replace(/^\//, '');
  const reverse = parseIpv4(asked) !== undefined;
  const name = reverse ? reverseName(asked) : asked;
  const fits = isDomainName(name);
  if (!fits) ledger.note(statement, 'its request is no domain name: the root is asked for');
  const wanted = receive.replace(/^\^|\$$/g, '').replaceAll('\\.', '.');
  const usable = fits && (reverse ? isDomainName(wanted) : parseIpv4(wanted) !== undefined);
  if (receive !== '' && !usable) ledger.note(answer, 'it is no whole record: any record passes');
  return {
    kind: 'dns',
    words: {
      name: fits ? name : '.',
      type: fits ? (reverse ? 'PTR' : 'A') : 'SOA',
      answer: usable ? wanted : undefined,
      transport: protocol === 'tcp' ? 'tcp' : undefined,
    },
  };
}

function ldap(ledger: Ledger, question: Question): DraftCheck {
  const { answer, statement, request, receive, hasPassword } = question;
  if (receive !== '') ledger.note(answer, 'the name of the entry is not compared');
  const base = request.replace(/^\//, '');
  if (base === '') return { kind: 'ldap', words: {} };
  if (hasPassword) {
    ledger.note(statement, 'its request is not looked for: without the login the entry may not be seen');
    return { kind: 'ldap', words: {} };
  }
  if (canBeWritten(base)) return { kind: 'ldap', words: { search_base: base } };
  ledger.note(statement, 'lvs.cf cannot hold its request: no entry is looked for');
  return { kind: 'ldap', words: {} };
}

function postgresql(ledger: Ledger, question: Question): DraftCheck {
  const { statement, login, database } = question;
  if (login === undefined || !canBeWritten(login)) {
    ledger.note(statement, 'pgsql needs a login, which ldirectord wants too: a connection is tried');
    return CONNECT;
  }
  const own = database !== undefined && canBeWritten(database) ? database : login;
  return { kind: 'postgresql', words: { user: login, database: own } };
}

const CALLER = /^[\w.+-]+@[\w.-]+$/;

function sip(ledger: Ledger, { statement, login, protocol }: Question): DraftCheck {
  const caller = login !== undefined && CALLER.test(login) ? login : 'check@check.invalid';
  if (login !== undefined && caller !== login)
    ledger.note(statement, `its login is no NAME@HOST: ${caller} calls`);
  const kind = protocol === 'udp' ? 'udp' : 'tcp';
  const lines = [
    `OPTIONS sip:${caller} SIP/2.0`,
    `Via: SIP/2.0/${kind.toUpperCase()} check.invalid;rport;branch=z9hG4bKcheck`,
    'Max-Forwards: 70',
    `From: <sip:${caller}>;tag=check`,
    `To: <sip:${caller}>`,
    'Call-ID: check@check.invalid',
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
  ];
  return { kind, words: { payload: `${lines.join('\\r\\n')}\\r\\n\\r\\n`, reply: 'SIP/2.0 200' } };
}

const NO_QUERY = 'no query is made';

/** How the services of checktype negotiate are asked that are neither pages nor texts. */
export const ASKERS: Readonly<Record<string, Asker>> = {
  smtp: () => ({ kind: 'smtp', words: {} }),
  submission: () => ({ kind: 'smtp', words: {} }),
  ftp: readsNothing(
    'ftp: the greeting is looked at; nobody logs in, and no file is fetched',
    greeting('ftp'),
  ),
  pop: greeting('pop'),
  imap: greeting('imap'),
  nntp: () => ({ kind: 'tcp', words: { reply: '2' } }),
  ldap,
  dns,
  sip,
  mysql: readsNothing(
    `${NO_QUERY}: the greeting of mysql is looked at, which its max_connect_errors counts; a user ends that`,
    greeting('mysql'),
  ),
  pgsql: readsNothing(NO_QUERY, postgresql),
  oracle: weaker(CONNECT, `${NO_QUERY}, a connection is tried`),
  pops: weaker({ kind: 'tls', words: {} }, 'only the TLS handshake is looked at'),
  imaps: weaker({ kind: 'tls', words: {} }, 'only the TLS handshake is looked at'),
  ldaps: weaker({ kind: 'tls', words: {} }, 'only the TLS handshake is looked at'),
  radius: weaker(PING, 'servers are pinged; docs/check-recipes.md has a check that asks'),
};

/** Services that are asked by datagrams as well. */
export const DATAGRAM_SERVICES: readonly string[] = ['dns', 'sip', 'radius', 'none', 'simpletcp'];
