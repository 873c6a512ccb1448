import type { CheckSpec } from '../../check-model.js';
import type { DirectiveSpec } from '../schema-types.js';
import { dnsKind } from './dns.js';
import { fileKind } from './file.js';
import { fixedKind } from './fixed.js';
import { ftpKind, imapKind, popKind } from './greeting.js';
import { httpGetKind, sslGetKind } from './http.js';
import { type CheckKind, type CheckKindTable, checkWord } from './kind.js';
import { ldapKind } from './ldap.js';
import { mysqlKind } from './mysql.js';
import { pingKind } from './ping.js';
import { postgresqlKind } from './postgresql.js';
import { programKind } from './program.js';
import { redisKind } from './redis.js';
import { smtpKind } from './smtp.js';
import { tcpKind } from './tcp.js';
import { tlsKind } from './tls.js';
import { udpKind } from './udp.js';

/** Every kind of check, in the order of the manual page. */
export const CHECK_KINDS: CheckKindTable = {
  tcp: tcpKind,
  tls: tlsKind,
  http_get: httpGetKind,
  ssl_get: sslGetKind,
  dns: dnsKind,
  smtp: smtpKind,
  imap: imapKind,
  pop: popKind,
  ftp: ftpKind,
  ldap: ldapKind,
  mysql: mysqlKind,
  postgresql: postgresqlKind,
  redis: redisKind,
  udp: udpKind,
  ping: pingKind,
  program: programKind,
  file: fileKind,
  fixed: fixedKind,
};

export const KIND_NAMES = Object.keys(CHECK_KINDS) as readonly CheckSpec['kind'][];

/** 24 days: longer timers overflow. */
const MAXIMUM_SECONDS = 2_000_000;

/** The words of every kind. */
export const COMMON_WORDS: readonly DirectiveSpec[] = [
  checkWord({
    name: 'kind',
    type: 'keyword',
    choices: KIND_NAMES,
    help: 'What is checked, and how. Each check block needs it; the other words depend on it.',
  }),
  checkWord({
    name: 'connect_ip',
    type: 'address',
    ipv6: true,
    help: "Address to check in place of the real server's, such as that of its management network.",
  }),
  checkWord({
    name: 'connect_port',
    type: 'integer',
    range: [1, 65535],
    help: "Port to check in place of the real server's.",
  }),
  checkWord({
    name: 'connect_timeout',
    type: 'seconds',
    unit: 'seconds',
    range: [0.01, MAXIMUM_SECONDS],
    help: 'How long the connect may take. Absent: `connect_timeout` of the server or its virtual, else as `check_timeout`.',
  }),
  checkWord({
    name: 'check_timeout',
    type: 'seconds',
    unit: 'seconds',
    range: [0.01, MAXIMUM_SECONDS],
    help: 'How long every other step may take. Absent: `timeout` of the server or its virtual, as for checks without a block.',
  }),
];

const tables = new Map<string, ReadonlyMap<string, DirectiveSpec>>(
  KIND_NAMES.map((name) => [
    name,
    new Map([...COMMON_WORDS, ...CHECK_KINDS[name].words].map((spec) => [spec.name, spec])),
  ]),
);
const commonTable = new Map(COMMON_WORDS.map((spec) => [spec.name, spec]));

/** The words that may stand in a check block of a kind; of an unknown kind the common ones. */
export function wordsOfKind(kind: string | undefined): ReadonlyMap<string, DirectiveSpec> {
  return tables.get(kind ?? '') ?? commonTable;
}

/** The kind of that name; undefined for an unknown one. */
export function kindNamed(name: string | undefined): CheckKind | undefined {
  const known = KIND_NAMES.find((kind) => kind === name);
  return known === undefined ? undefined : (CHECK_KINDS[known] as CheckKind);
}

/** The kinds that know a word. */
export function kindsWith(word: string): readonly string[] {
  return KIND_NAMES.filter((name) => CHECK_KINDS[name].words.some((spec) => spec.name === word));
}

/** Every word of every kind, each once: for what asks whether a word is known at all. */
export const ALL_CHECK_WORDS: readonly DirectiveSpec[] = [
  ...new Map(
    [...COMMON_WORDS, ...KIND_NAMES.flatMap((name) => CHECK_KINDS[name].words)].map((spec) => [
      spec.name,
      spec,
    ]),
  ).values(),
];
