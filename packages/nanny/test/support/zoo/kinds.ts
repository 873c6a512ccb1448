import type { CheckSpec, PageSpec, TlsRules } from '@piranha/config';
import type { CheckOptions } from '../../../src/core/check-plan.js';
import { GOOD_SERVERS } from '../fake-protocols.js';
import type { NamelessSpec } from '../spec-plan.js';
import { DNS_TCP_ANIMALS, DNS_UDP_ANIMALS, goodDns, udpAnimals } from './datagrams.js';
import { type Flapping, flappingTcp, flappingUdp } from './flapping.js';
import {
  type Animal,
  CONNECT_ANIMALS,
  type Habitat,
  HTTP_ANIMALS,
  type Manners,
  TCP_ANIMALS,
  TLS_ANIMALS,
} from './servers.js';

/** A kind of check, and the servers that it meets. */
export interface ZooKind {
  /** Of the file of its expectations. */
  readonly name: string;
  /** The check: a block, or words of the server's own. */
  readonly options: Partial<CheckOptions>;
  readonly manners: Manners;
  readonly animals: Readonly<Record<string, Animal>>;
  /** Opens one that is up and down in turn. */
  readonly flapping?: () => Promise<Flapping & Habitat>;
  /** Those that it meets in a test with a network of its own. */
  readonly elsewhere?: readonly string[];
}

/** The words of blocks. */
export function optionsOf(...specs: readonly NamelessSpec[]): Partial<CheckOptions> {
  return { checks: { require: 'all', specs: specs.map((spec) => ({ name: 'c', ...spec }) as CheckSpec) } };
}

function anyOf(...specs: readonly NamelessSpec[]): Partial<CheckOptions> {
  const { checks } = optionsOf(...specs);
  return checks === undefined ? {} : { checks: { ...checks, require: 'any' } };
}

/** A kind over TCP. */
export function overTcp(
  name: string,
  options: Partial<CheckOptions>,
  manners: Manners,
  animals: Readonly<Record<string, Animal>>,
): ZooKind {
  const works = animals.works as Animal;
  return { name, options, manners, animals, flapping: () => flappingTcp(works(manners)) };
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
const page: NamelessSpec = { kind: 'http_get', ...PAGE };
const redis: NamelessSpec = { kind: 'redis' };

/** The kinds that know no protocol, or HTTP or TLS; `caFile` holds the zoo's authorities. */
export function commonKinds(caFile: string): readonly ZooKind[] {
  const tls: TlsRules = { verify: 'name', serverName: 'good.test', caFile, warnDays: 14 };
  const http = { ...TCP_ANIMALS, ...HTTP_ANIMALS };
  const silent = { answer: '' };
  const web = { answer: ANSWER };
  return [
    overTcp('connect', {}, silent, CONNECT_ANIMALS),
    overTcp('send-expect', { send: 'GET / HTTP/1.0\\r\\n\\r\\n', expect: ANSWER }, web, TCP_ANIMALS),
    overTcp('tcp', optionsOf({ kind: 'tcp' }), silent, CONNECT_ANIMALS),
    overTcp(
      'tcp-reply',
      optionsOf({ kind: 'tcp', payload: 'ask\\r\\n', reply: 'answered' }),
      { answer: 'answered\r\n' },
      TCP_ANIMALS,
    ),
    overTcp('http_get', optionsOf(page), web, http),
    overTcp(
      'tls',
      optionsOf({ kind: 'tls', tls }),
      { answer: '', tls: true },
      { ...CONNECT_ANIMALS, ...TLS_ANIMALS },
    ),
    overTcp(
      'ssl_get',
      optionsOf({ ...PAGE, kind: 'ssl_get', tls }),
      { ...web, tls: true },
      { ...TCP_ANIMALS, ...TLS_ANIMALS, ...HTTP_ANIMALS },
    ),
    overTcp('all-of', optionsOf({ kind: 'tcp' }, page), web, http),
    overTcp('any-of', anyOf(redis, page), web, http),
  ];
}

/** What a server of each protocol says at first; only bytes below 128. */
const BOUND = '0\x0c\x02\x01\x01a\x07\x0a\x01\0\x04\0\x04\0';
const MYSQL = `J\0\0\0\x0a8.0\0\x01\0\0\0abcdefgh\0\0\x02\x2d\x02\0\0\0\x15${'\0'.repeat(10)}ijklmnopqrst\0mysql_native_password\0`;

function protocol(spec: NamelessSpec, manners: Manners, works: keyof typeof GOOD_SERVERS): ZooKind {
  return overTcp(spec.kind, optionsOf(spec), manners, { ...TCP_ANIMALS, works: GOOD_SERVERS[works] });
}

const dns = (transport: 'udp' | 'tcp'): Partial<CheckOptions> =>
  optionsOf({ kind: 'dns', queryName: 'www.example', queryType: 'A', answer: '10.0.0.2', transport });

/** The kinds that speak another protocol. */
export const PROTOCOL_KINDS: readonly ZooKind[] = [
  protocol(
    { kind: 'smtp', heloName: 'director.example' },
    { answer: '220 mx\r\n', speaksFirst: true },
    'smtp',
  ),
  protocol({ kind: 'ftp' }, { answer: '220 ready\r\n', speaksFirst: true }, 'ftp'),
  protocol({ kind: 'pop' }, { answer: '+OK ready\r\n', speaksFirst: true }, 'pop'),
  protocol({ kind: 'imap' }, { answer: '* OK ready\r\n', speaksFirst: true }, 'imap'),
  protocol(redis, { answer: '+PONG\r\n' }, 'open redis'),
  protocol({ kind: 'ldap' }, { answer: BOUND }, 'open ldap'),
  protocol({ kind: 'mysql', getServerPublicKey: false }, { answer: MYSQL, speaksFirst: true }, 'mysql'),
  protocol(
    { kind: 'postgresql', user: 'check', database: 'app', auth: 'any' },
    { answer: 'R\0\0\0\x08\0\0\0\0' },
    'postgresql',
  ),
  overTcp(
    'dns-tcp',
    dns('tcp'),
    { answer: '\0\x20 no answer to any question at all' },
    { ...TCP_ANIMALS, works: GOOD_SERVERS['dns over tcp'], ...DNS_TCP_ANIMALS },
  ),
];

const UDP_ANSWER = Buffer.from('pong');

function overUdp(
  name: string,
  options: Partial<CheckOptions>,
  animals: ZooKind['animals'] = udpAnimals(() => UDP_ANSWER),
  answer: (query: Buffer) => Buffer = () => UDP_ANSWER,
): ZooKind {
  const flapping = () => flappingUdp(answer);
  return { name, options, manners: { answer: '' }, animals, flapping, elsewhere: ['is not to be reached'] };
}

const udp = (silence: 'up' | 'down'): Partial<CheckOptions> =>
  optionsOf({
    kind: 'udp',
    payload: 'ping',
    ...(silence === 'down' ? { reply: 'pong' } : {}),
    minimumReplyBytes: 0,
    maximumReplyBytes: 100,
    silence,
  });

/** The kinds over UDP. */
export const DATAGRAM_KINDS: readonly ZooKind[] = [
  overUdp('dns-udp', dns('udp'), DNS_UDP_ANIMALS, goodDns),
  overUdp('udp', udp('down')),
  overUdp('udp-silence', udp('up')),
  { ...overUdp('udp-send-expect', { udp: true, send: 'ping', expect: 'pong' }), elsewhere: [] },
];
