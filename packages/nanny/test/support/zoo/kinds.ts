import type { CheckSpec, PageSpec, TlsRules } from '@piranha/config';
import { GOOD_SERVERS } from '../fake-protocols.js';
import { type Animal, HTTP_ANIMALS, type Manners, TCP_ANIMALS, TLS_ANIMALS } from './servers.js';

/** A kind of check over TCP, and the servers that it meets. */
export interface ZooKind {
  readonly spec: CheckSpec;
  readonly manners: Manners;
  readonly animals: Readonly<Record<string, Animal>>;
}

const PAGE: Omit<PageSpec, 'name'> = {
  method: 'GET',
  path: '/health',
  version: '1.1',
  headers: [],
  statuses: [[200, 299]],
  text: 'OK',
  bodyLimitBytes: 65_536,
};
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK';

/** The kinds that know no protocol, or HTTP or TLS; `caFile` holds the zoo's authority. */
export function commonKinds(caFile: string): readonly ZooKind[] {
  const tls: TlsRules = { verify: 'name', serverName: 'good.test', caFile, warnDays: 14 };
  return [
    { spec: { name: 'c', kind: 'tcp' }, manners: { answer: '' }, animals: TCP_ANIMALS },
    {
      spec: { name: 'c', kind: 'http_get', ...PAGE },
      manners: { answer: ANSWER },
      animals: { ...TCP_ANIMALS, ...HTTP_ANIMALS },
    },
    {
      spec: { name: 'c', kind: 'tls', tls },
      manners: { answer: '', tls: true },
      animals: { ...TCP_ANIMALS, ...TLS_ANIMALS },
    },
    {
      spec: { name: 'c', kind: 'ssl_get', tls, ...PAGE },
      manners: { answer: ANSWER, tls: true },
      animals: { ...TCP_ANIMALS, ...TLS_ANIMALS, ...HTTP_ANIMALS },
    },
  ];
}

/** What a server of each protocol says at first; only bytes below 128. */
const BOUND = '0\x0c\x02\x01\x01a\x07\x0a\x01\0\x04\0\x04\0';
const MYSQL = `J\0\0\0\x0a8.0\0\x01\0\0\0abcdefgh\0\0\x02\x2d\x02\0\0\0\x15${'\0'.repeat(10)}ijklmnopqrst\0mysql_native_password\0`;

function protocol(spec: CheckSpec, manners: Manners, works: keyof typeof GOOD_SERVERS): ZooKind {
  return { spec, manners, animals: { ...TCP_ANIMALS, works: GOOD_SERVERS[works] } };
}

/** The kinds that speak another protocol. */
export const PROTOCOL_KINDS: readonly ZooKind[] = [
  protocol(
    { name: 'c', kind: 'smtp', heloName: 'director.example' },
    { answer: '220 mx\r\n', speaksFirst: true },
    'smtp',
  ),
  protocol({ name: 'c', kind: 'ftp' }, { answer: '220 ready\r\n', speaksFirst: true }, 'ftp'),
  protocol({ name: 'c', kind: 'pop' }, { answer: '+OK ready\r\n', speaksFirst: true }, 'pop'),
  protocol({ name: 'c', kind: 'imap' }, { answer: '* OK ready\r\n', speaksFirst: true }, 'imap'),
  protocol({ name: 'c', kind: 'redis' }, { answer: '+PONG\r\n' }, 'open redis'),
  protocol({ name: 'c', kind: 'ldap' }, { answer: BOUND }, 'open ldap'),
  protocol(
    { name: 'c', kind: 'mysql', getServerPublicKey: false },
    { answer: MYSQL, speaksFirst: true },
    'mysql',
  ),
  protocol(
    { name: 'c', kind: 'postgresql', user: 'check', database: 'app', auth: 'any' },
    { answer: 'R\0\0\0\x08\0\0\0\0' },
    'postgresql',
  ),
  protocol(
    { name: 'c', kind: 'dns', queryName: 'www.example', queryType: 'A', transport: 'tcp' },
    { answer: '\0\x20 no answer to any question at all' },
    'dns over tcp',
  ),
];
