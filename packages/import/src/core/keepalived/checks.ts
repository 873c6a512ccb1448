import type { ServiceProtocol } from '@piranha/config';
import type { DraftCheck } from '../draft.js';
import type { Ledger, Statement } from '../ledger.js';
import { PING_PROGRAM, type ProgramTarget, programText } from '../program.js';
import { type Read, Scope } from '../scope.js';
import { readHttpCheck } from './http-check.js';

/** What is known of the server whose checks are read. */
export interface CheckedServer extends ProgramTarget {
  readonly protocol: ServiceProtocol;
  readonly host: string | undefined;
}

/** A checker as lvs.cf can say it. */
export interface FoundCheck {
  readonly statement: Statement;
  readonly check: DraftCheck;
  readonly port: Read<number> | undefined;
  readonly limitSeconds: Read<number> | undefined;
}

const CONNECT: DraftCheck = {};
const MAXIMUM_SECONDS = 86_400;
const ONLY_CONNECT = 'a connection is tried in its place; send_program can run a program that does more';

export const SECONDS_RANGE = { minimum: 0.01, maximum: MAXIMUM_SECONDS } as const;

type CheckReader = (scope: Scope, server: CheckedServer, statement: Statement) => DraftCheck;

function instead(check: DraftCheck, reason: string): CheckReader {
  return ({ ledger }, _, statement) => {
    ledger.note(statement, reason);
    return check;
  };
}

/** Words of a script line: quoted as one, or each by itself. */
function readProgram(scope: Scope, server: CheckedServer, statement: Statement): DraftCheck {
  const path = scope.last('misc_path');
  const words = path?.words.slice(1).flatMap((word) => word.trim().split(/\s+/)) ?? [];
  const program = programText(words, server);
  if (path === undefined || program === undefined) {
    scope.ledger.note(path ?? statement, `lvs.cf cannot hold this command: ${ONLY_CONNECT}`);
    return CONNECT;
  }
  scope.ledger.carried(path);
  return { program };
}

const READERS: Readonly<Record<string, CheckReader>> = {
  TCP_CHECK: () => CONNECT,
  HTTP_GET: (scope, { host }) => readHttpCheck(scope, host),
  SSL_GET: (scope, _, statement) => {
    scope.ledger.noteAll(statement, `servers are not asked over TLS: ${ONLY_CONNECT}`);
    return CONNECT;
  },
  SMTP_CHECK: ({ ledger }, _, statement) => {
    ledger.note(statement, 'the greeting must begin with 220; nothing is sent');
    return { expect: '220' };
  },
  DNS_CHECK: instead(CONNECT, 'no question is asked: under UDP only a refusal fails'),
  UDP_CHECK: instead(CONNECT, 'an empty datagram is sent, and only a refusal fails: write send and expect'),
  PING_CHECK: () => ({ program: PING_PROGRAM }),
  MISC_CHECK: readProgram,
  BFD_CHECK: instead(CONNECT, `servers are not watched through BFD: ${ONLY_CONNECT}`),
  FILE_CHECK: instead(
    CONNECT,
    'no file is watched: a connection is tried; weights change with lvsctl reload',
  ),
};

/** Words that begin a check. */
const CHECK_WORDS: readonly string[] = Object.keys(READERS);

/** Checks that go by UDP, whatever the service does. */
export const DATAGRAM_CHECKS: readonly string[] = ['UDP_CHECK', 'DNS_CHECK'];

/** A check goes by the protocol of its service: under UDP nothing is connected to, else no datagram is sent. */
function forProtocol(
  found: DraftCheck,
  { protocol }: CheckedServer,
  statement: Statement,
  ledger: Ledger,
): DraftCheck {
  const byDatagram = DATAGRAM_CHECKS.includes(statement.words[0] ?? '');
  if (found.program !== undefined || byDatagram === (protocol === 'udp')) return found;
  if (byDatagram) {
    ledger.note(statement, `servers of a ${protocol} service are asked by no datagram: they are pinged`);
    return { program: PING_PROGRAM };
  }
  ledger.note(statement, 'a UDP service is checked with an empty datagram, and only a refusal fails');
  return CONNECT;
}

/** One failed check takes a server out, as without further tries. */
export function readRetry(scope: Scope): void {
  const retry = scope.number(['retry', 'nb_get_retry'], { minimum: 0, maximum: 1_000_000, whole: true });
  if (retry === undefined || retry.value === 0) return;
  scope.ledger.note(retry.statement, 'a single failed check takes a server out: there is no word for it');
}

function readCheck(ledger: Ledger, statement: Statement, server: CheckedServer): FoundCheck | undefined {
  ledger.carried(statement);
  const scope = new Scope(ledger, statement.children ?? []);
  const reader = READERS[statement.words[0] ?? ''];
  if (reader === undefined) return undefined;
  const found = reader(scope, server, statement);
  const port = scope.number('connect_port', { minimum: 1, maximum: 65_535, whole: true });
  const limitSeconds = scope.number(['connect_timeout', 'misc_timeout'], SECONDS_RANGE);
  readRetry(scope);
  const own = scope.last('connect_ip');
  if (own?.words[1] === server.address) ledger.carried(own);
  return { statement, check: forProtocol(found, server, statement, ledger), port, limitSeconds };
}

/** How much a check asks for: the one that asks for most is kept. */
function strength({ check }: FoundCheck): number {
  return check.program !== undefined || check.expect !== undefined ? 1 : 0;
}

/** The check of a server: of several the first that does more than connect. Undefined: none that can be said. */
export function readServerCheck(scope: Scope, server: CheckedServer): FoundCheck | undefined {
  const found = scope
    .all(...CHECK_WORDS)
    .flatMap((statement) => readCheck(scope.ledger, statement, server) ?? []);
  const best = found.find((one) => strength(one) > 0) ?? found[0];
  for (const other of found) {
    if (other === best) continue;
    scope.ledger.noteAll(other.statement, `a server has one check: that of line ${best?.statement.line}`);
  }
  return best;
}
