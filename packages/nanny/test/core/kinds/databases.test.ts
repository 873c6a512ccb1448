import { describe, expect, it } from 'vitest';
import { MysqlDialogue } from '../../../src/core/kinds/mysql.js';
import { mysqlPacket } from '../../../src/core/kinds/mysql-packets.js';
import { PostgresqlDialogue } from '../../../src/core/kinds/postgresql.js';
import { Scram } from '../../../src/core/kinds/scram.js';
import { createDigests } from '../../../src/shell/checks/digests.js';
import { converse, itSurvivesAnything, verdict } from '../../support/converse.js';

const digests = createDigests();
const LOGIN = { user: 'check', password: 'secret' };
const NONCE = Buffer.from('0123456789abcdefghij');

/** A greeting as MySQL 8 and MariaDB 11 send it. */
function greeting(plugin = 'caching_sha2_password'): Buffer {
  return mysqlPacket(
    0,
    Buffer.concat([
      Buffer.from('\x0a8.4.0\0', 'latin1'),
      Buffer.from([7, 0, 0, 0]),
      NONCE.subarray(0, 8),
      Buffer.from([0, 0xff, 0xff, 45, 2, 0, 0xff, 0xdf, 21]),
      Buffer.alloc(10),
      NONCE.subarray(8),
      Buffer.from(`\0${plugin}\0`),
    ]),
  );
}

const ok = (sequence: number) => mysqlPacket(sequence, Buffer.from([0, 0, 0, 2, 0, 0, 0]));
const data = (sequence: number, ...bytes: readonly number[]) =>
  mysqlPacket(sequence, Buffer.from([1, ...bytes]));
const switchTo = (plugin: string) =>
  mysqlPacket(2, Buffer.concat([Buffer.from(`\xfe${plugin}\0`, 'latin1'), NONCE, Buffer.from([0])]));
const refusal = (sequence: number) =>
  mysqlPacket(sequence, Buffer.from('\xff\x15\x04#28000Access denied', 'latin1'));

describe('mysql', () => {
  const bare = () => new MysqlDialogue({ login: undefined, asksForKey: false }, digests);
  const login = (asksForKey = false) => new MysqlDialogue({ login: LOGIN, asksForKey }, digests);

  it.each([
    ['a greeting', bare(), [greeting()], 'greeting received'],
    [
      'a refusal',
      bare(),
      [mysqlPacket(0, Buffer.from('\xff\x69\x04Host is blocked', 'latin1'))],
      'not: the greeting was error 1129 "Host is blocked"',
    ],
    [
      'protocol 9',
      bare(),
      [mysqlPacket(0, Buffer.from('\x093.20\0', 'latin1'))],
      "not: the greeting is none of MySQL's protocol 10",
    ],
    ['a foreign protocol', bare(), ['SSH-2.0-OpenSSH\r\n'], 'not: the greeting is no MySQL packet'],
    ['a fast login', login(), [greeting(), data(2, 3), ok(3)], 'logged in'],
    ['another way', login(), [greeting(), switchTo('mysql_native_password'), ok(4)], 'logged in'],
    [
      'an unknown way',
      login(),
      [greeting(), switchTo('mysql_clear_password')],
      'not: the server wants a kind of login that is not supported',
    ],
    [
      'the way of before 4.1',
      login(),
      [greeting(), mysqlPacket(2, Buffer.from([0xfe]))],
      'not: the server wants a login of before MySQL 4.1',
    ],
    [
      'a wrong password',
      login(),
      [greeting(), refusal(2)],
      'not: the answer to the login was error 1045 "Access denied"',
    ],
    [
      'the password itself',
      login(),
      [greeting(), data(2, 4)],
      'not: the server wants the password itself: see get_server_public_key',
    ],
    [
      'a bad key',
      login(true),
      [greeting(), data(2, 4), mysqlPacket(4, Buffer.from('\x01-----BEGIN PUBLIC KEY-----\nx'))],
      "not: the server's public key is unusable",
    ],
    [
      'a key that nobody asked for',
      login(),
      [greeting(), mysqlPacket(2, Buffer.from('\x01-----BEGIN PUBLIC KEY-----\nx'))],
      'not: the answer to the login is something else',
    ],
  ] as const)('%s', (_, dialogue, answers, expected) => {
    expect(verdict(dialogue, answers)).toBe(expected);
  });

  it('proves the password as the reference does, and shows it nowhere', () => {
    // SHA1(p) XOR SHA1(n + SHA1(SHA1(p))), computed apart from this code.
    const { sent } = converse(login(), [greeting('mysql_native_password'), ok(2)]);
    const proof = sent[0]?.subarray(4 + 32 + 6 + 1, 4 + 32 + 6 + 1 + 20).toString('hex');
    expect(proof).toBe('f5cac3f3b3df2133feb57db682c71e6ed433a988');
    expect(Buffer.concat(sent).includes('secret')).toBe(false);
    expect(sent[1]).toEqual(Buffer.from([1, 0, 0, 0, 1]));
    const { sent: newer } = converse(login(), [greeting()]);
    expect(newer[0]?.subarray(4 + 32 + 6 + 1, 4 + 32 + 6 + 1 + 32).toString('hex')).toBe(
      '7e4adda2f2d5ef09b4147518becb0cee2939376203650a8c2bb2815959364bd0',
    );
  });
  itSurvivesAnything(bare, greeting());
});

const message = (type: string, body: Uint8Array) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const request = (code: number, more: Uint8Array | string = '') =>
  message('R', Buffer.concat([Buffer.from([0, 0, 0, code]), Buffer.from(more)]));
const error = (code: string) => message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mno\0\0`));
const READY = message('Z', Buffer.from('I'));

describe('SCRAM-SHA-256', () => {
  it('is that of RFC 7677, section 3', () => {
    const scram = new Scram({ user: 'user', password: 'pencil' }, 'rOprNGfwEbeRWgbNEkqO', digests);
    expect(scram.first()).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO');
    expect(
      scram.final('r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'),
    ).toBe(
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    );
    expect(scram.confirms('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toBe(true);
    expect(scram.confirms('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=')).toBe(false);
  });

  it.each([
    ['another nonce', 'r=xyz123,s=QUJDRA==,i=4096'],
    ['our nonce alone', 'r=abc,s=QUJDRA==,i=4096'],
    ['too many rounds', 'r=abcd,s=QUJDRA==,i=900000'],
    ['no rounds', 'r=abcd,s=QUJDRA==,i=0'],
    ['an extension', 'm=x,r=abcd,s=QUJDRA==,i=4096'],
  ])('%s is not acceptable', (_, first) => {
    expect(new Scram({ user: '', password: 'x' }, 'abc', digests).final(first)).toBeUndefined();
  });
});

describe('the rounds that a server asks for', () => {
  it('are told where they are too many', () => {
    const dialogue = new PostgresqlDialogue(
      { user: 'check', database: 'app', password: 'x', methods: 'any' },
      'nonce',
      digests,
    );
    const first = request(11, 'r=nonceabc,s=QUJDRA==,i=900000');
    expect(verdict(dialogue, [request(10, 'SCRAM-SHA-256\0\0'), first])).toBe(
      'not: the server asks for 900000 rounds of scram, at most 100000 are computed',
    );
  });
});

describe('postgresql', () => {
  const make = (password?: string, methods: 'any' | 'md5' | 'scram' = 'any') =>
    new PostgresqlDialogue({ user: 'check', database: 'app', password, methods }, 'nonce', digests);

  it.each([
    ['asks for a password', make(), [request(10, 'SCRAM-SHA-256\0\0')], 'asks for a password'],
    ['trusts', make(), [request(0), message('S', Buffer.from('a\0b\0')), READY], 'ready for query'],
    ['knows no such user', make(), [error('28000')], 'answered, though with a refusal'],
    ['is starting', make(), [error('57P03')], 'not: the answer to the start was error "57P03 no"'],
    ['is full', make(), [request(0), error('53300')], 'not: what follows the login was error "53300 no"'],
    [
      'speaks something else',
      make(),
      ['SSH-2.0-OpenSSH\r\n'],
      'not: the answer to the start is no PostgreSQL message',
    ],
    [
      'wants the password bare',
      make('secret'),
      [request(3)],
      'not: the server asks for the password in a way that is not allowed',
    ],
    [
      'refuses the user',
      make('secret'),
      [error('28P01')],
      'not: the answer to the start was error "28P01 no"',
    ],
    [
      'wants md5 where scram must be',
      make('secret', 'scram'),
      [request(5, 'salt')],
      'not: the server asks for md5',
    ],
    [
      'wants scram where md5 must be',
      make('secret', 'md5'),
      [request(10, 'SCRAM-SHA-256\0\0')],
      'not: the server asks for scram',
    ],
    [
      'offers no scram that is known',
      make('secret'),
      [request(10, 'SCRAM-SHA-512\0\0')],
      'not: the server offers no SCRAM-SHA-256',
    ],
    [
      'ends scram early',
      make('secret'),
      [request(10, 'SCRAM-SHA-256\0\0'), request(0)],
      'not: the server ended the login early',
    ],
    [
      'proves nothing',
      make('secret'),
      [request(10, 'SCRAM-SHA-256\0\0'), request(12, 'v=x')],
      'not: the server does not know the password itself',
    ],
    ['is ready too early', make('secret'), [READY], 'not: the answer to the start is no PostgreSQL message'],
    [
      'announces 4 GB',
      make(),
      [Buffer.from('R\xff\xff\xff\xff', 'latin1')],
      'not: the answer to the start is no PostgreSQL message',
    ],
  ] as const)('a server that %s', (_, dialogue, answers, expected) => {
    expect(verdict(dialogue, answers)).toBe(expected);
  });

  it('proves the password by md5 as the documentation of the protocol has it', () => {
    // md5(md5('secret' || 'check') || 'salt')
    const { sent, last } = converse(make('secret'), [request(5, 'salt'), Buffer.concat([request(0), READY])]);
    expect(String(sent[1]?.subarray(5))).toBe('md52feac0f59361f1dd61985ddb89c11074\0');
    expect(last).toMatchObject({ type: 'passed', reason: 'ready for query' });
    expect(sent[2]).toEqual(message('X', Buffer.alloc(0)));
  });

  it('says who asks for what', () => {
    const [start] = converse(make(), []).sent;
    expect(start?.readUInt32BE(0)).toBe(start?.length);
    expect(start?.readUInt32BE(4)).toBe(3 << 16);
    expect(String(start?.subarray(8))).toBe('user\0check\0database\0app\0application_name\0nanny\0\0');
  });
  itSurvivesAnything(make, request(10, 'SCRAM-SHA-256\0\0'), error('57P03'));
});
