import type { ServiceProtocol } from '@piranha/config';
import { readAddress } from '../addresses.js';
import { ALWAYS_UP, CONNECT, type DraftCheck, type DraftWatch, PING } from '../draft.js';
import type { Statement } from '../ledger.js';
import type { ProgramTarget } from '../program.js';
import { Scope } from '../scope.js';
import {
  type CheckTimes,
  type ResolvedTimes,
  readCheckTimes,
  type TimesResolver,
  type UsualTimes,
  watchOf,
} from './check-times.js';
import type { KeepalivedScope, KeepalivedWord } from './directives.js';
import { readDns, readProgram, readSmtp, readUdp } from './other-checks.js';
import { readPages } from './page-check.js';

/** What is known of the server whose checks are read. */
export interface CheckedServer extends ProgramTarget {
  readonly protocol: ServiceProtocol;
  readonly host: string | undefined;
  readonly resolver: TimesResolver;
  /** Of the server and of its service. */
  readonly times: readonly CheckTimes[];
}

type Place = (scope: KeepalivedScope) => DraftCheck['words'];

interface CheckReader {
  readonly read: (
    scope: KeepalivedScope,
    server: CheckedServer,
    statement: Statement,
    place: Place,
  ) => readonly DraftCheck[];
  readonly usual?: UsualTimes;
  /** False where keepalived gives it no address and port of its own. */
  readonly connects?: false;
}

const MOST_CHECKS = 16;

function instead(reason: string): CheckReader {
  return {
    read: ({ ledger }, { protocol }, statement) => {
      ledger.note(statement, reason);
      return [protocol === 'tcp' ? CONNECT : PING];
    },
    connects: false,
  };
}

const PAGE_TIMES: UsualTimes = { retryDelaySeconds: 3 };

const READERS = {
  TCP_CHECK: { read: () => [CONNECT] },
  HTTP_GET: { read: (scope, { host }) => readPages(scope, 'http_get', host), usual: PAGE_TIMES },
  SSL_GET: { read: (scope, { host }) => readPages(scope, 'ssl_get', host), usual: PAGE_TIMES },
  SMTP_CHECK: { read: (scope, _server, _statement, place) => readSmtp(scope, place) },
  DNS_CHECK: {
    read: (scope, _, statement) => readDns(scope, statement),
    usual: { retries: 3, retryDelaySeconds: 'interval' },
  },
  UDP_CHECK: { read: readUdp },
  PING_CHECK: { read: () => [PING] },
  MISC_CHECK: { read: readProgram, usual: { retries: 0, limitSeconds: 'interval' }, connects: false },
  BFD_CHECK: instead('servers are not watched through BFD: a connection is tried, under UDP a ping'),
  FILE_CHECK: instead(
    'no weight is read from a file: a connection is tried, under UDP a ping; maintenance_dir takes servers out by files, and kind = file looks at one',
  ),
} as const satisfies Partial<Record<KeepalivedWord, CheckReader>>;

const CHECK_WORDS = Object.keys(READERS) as (keyof typeof READERS)[];

/** Checks that go by UDP, whatever the service does. */
export const DATAGRAM_CHECKS: readonly string[] = ['UDP_CHECK', 'DNS_CHECK'];

/** `connect_ip` and `connect_port` where they are not the server's own. */
function placeReader({ address, port }: ProgramTarget): Place {
  return (scope) => {
    const statement = scope.last('connect_ip');
    const own = readAddress(statement?.words[1] ?? '');
    if (statement && own === undefined) scope.ledger.note(statement, 'it is no address: the server is asked');
    else if (statement) scope.ledger.carried(statement);
    const other = scope.number('connect_port', { minimum: 1, maximum: 65_535, whole: true });
    return {
      connect_ip: own === address ? undefined : own,
      connect_port: other?.value === port ? undefined : other?.value,
    };
  };
}

interface FoundCheck {
  readonly statement: Statement;
  readonly checks: readonly DraftCheck[];
  readonly times: ResolvedTimes;
  /** What it says itself, its server, its service. */
  readonly levels: readonly CheckTimes[];
}

function readCheck(outer: KeepalivedScope, statement: Statement, server: CheckedServer): FoundCheck {
  const { ledger } = outer;
  ledger.carried(statement);
  const scope = new Scope<KeepalivedWord>(ledger, statement.children ?? []);
  const reader: CheckReader = READERS[statement.words[0] as keyof typeof READERS];
  const place = placeReader(server);
  const own = reader.connects === false ? {} : place(scope);
  const checks = reader
    .read(scope, server, statement, place)
    .map(({ kind, words }) => ({ kind, words: { ...words, ...given(own), ...given(words) } }));
  const times = readCheckTimes(
    scope,
    statement.words[0] === 'MISC_CHECK' ? 'misc_timeout' : 'connect_timeout',
  );
  const resolved = server.resolver.resolve([times, ...server.times], reader.usual);
  server.resolver.noteUnused(scope, times);
  return { statement, checks, times: resolved, levels: [times, ...server.times] };
}

function given(words: DraftCheck['words']): DraftCheck['words'] {
  return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
}

/** Tells where checks of one server run at other times than the source has them. */
function noteTimes({ ledger }: KeepalivedScope, found: readonly FoundCheck[], watch: DraftWatch): void {
  for (const { statement, times, levels } of found) {
    const together = (name: keyof CheckTimes, reason: string) =>
      ledger.note(
        levels.find((level) => level[name])?.[name]?.statement ?? statement,
        `all checks of a server run together: ${reason}`,
      );
    if (times.intervalSeconds !== watch.intervalSeconds)
      together('intervalSeconds', `each ${watch.intervalSeconds} s`);
    if (times.retries !== watch.retries)
      together('retries', `they are repeated alike, ${watch.retries} times`);
    if (times.retries > 0 && times.retryDelaySeconds !== watch.retryDelaySeconds)
      together('retryDelaySeconds', `they wait ${watch.retryDelaySeconds} s before each repetition`);
    if (times.warmupSeconds !== watch.warmupSeconds)
      together('warmupSeconds', `the first time within ${watch.warmupSeconds} s`);
    if (times.startsDown !== watch.startsDown)
      together('startsDown', 'the server is down before, for another one has alpha');
  }
}

/** The checks of a server, all of which must pass, and when they are made. */
export function readServerChecks(
  scope: KeepalivedScope,
  server: CheckedServer,
): { readonly checks: readonly DraftCheck[]; readonly watch: DraftWatch } {
  const all = scope.all(...CHECK_WORDS).map((statement) => readCheck(scope, statement, server));
  if (all.length === 0) {
    return { checks: [ALWAYS_UP], watch: watchOf([server.resolver.resolve(server.times)]) };
  }
  const found: FoundCheck[] = [];
  for (const one of all) {
    const count = found.reduce((sum, { checks }) => sum + checks.length, one.checks.length);
    if (count <= MOST_CHECKS) found.push(one);
    else scope.ledger.noteAll(one.statement, `a server has ${MOST_CHECKS} checks at most`);
  }
  const watch = watchOf(found.map(({ times }) => times));
  noteTimes(scope, found, watch);
  const checks = found.flatMap(({ checks: blocks, times }) =>
    times.limitSeconds === watch.timeoutSeconds
      ? blocks
      : blocks.map(({ kind, words }) => ({ kind, words: { ...words, check_timeout: times.limitSeconds } })),
  );
  return { checks, watch };
}
