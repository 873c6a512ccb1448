import { describe, expect, it } from 'vitest';
import { excerpt } from '../../../src/core/kinds/dialogue.js';
import { Inbox } from '../../../src/core/kinds/inbox.js';
import { ftpDialogue, imapDialogue, popDialogue, smtpDialogue } from '../../../src/core/kinds/mail.js';
import { redisDialogue } from '../../../src/core/kinds/redis.js';
import { converse, itSurvivesAnything, verdict } from '../../support/converse.js';

const LOGIN = { user: 'check', password: 'se"cret' };
const texts = (sent: readonly Buffer[]) => sent.map(String);

describe('inbox', () => {
  it('gives bytes and lines in order, over its growth', () => {
    const inbox = new Inbox();
    for (let number = 0; number < 100; number++) inbox.push(Buffer.from(`line ${number}\r\n`));
    expect(inbox.take(5)?.toString()).toBe('line ');
    expect(inbox.takeLine()).toBe('0');
    for (let number = 1; number < 100; number++) expect(inbox.takeLine()).toBe(`line ${number}`);
    expect(inbox.takeLine()).toBeUndefined();
    inbox.push(Buffer.from('a\nb'));
    expect(inbox.takeLine()).toBe('a');
    expect(inbox.length).toBe(1);
    expect(inbox.take(2)).toBeUndefined();
  });

  it('finds the end of a line after more room was made', () => {
    const inbox = new Inbox();
    inbox.push(Buffer.alloc(250, 'x'));
    expect(inbox.takeLine()).toBeUndefined();
    expect(inbox.take(240)).toHaveLength(240);
    inbox.push(Buffer.from(`${'y'.repeat(600)}\n`));
    expect(inbox.takeLine()).toBe(`${'x'.repeat(10)}${'y'.repeat(600)}`);
  });
});

describe('excerpt', () => {
  it('is one short line of plain characters', () => {
    expect(excerpt('a"b\r\n\x1b[2J\xff')).toBe('"a\'b...[2J."');
    expect(excerpt('x'.repeat(200))).toBe(`"${'x'.repeat(80)}…"`);
  });
});

describe('smtp', () => {
  const make = () => smtpDialogue('director.example');
  it('greets, is answered and takes its leave', () => {
    const { last, sent } = converse(make(), [
      '220-hello\r\n220 mail\r\n',
      '250-mail\r\n250-PIPE\r\n250 OK\r\n',
    ]);
    expect(last).toMatchObject({ type: 'passed' });
    expect(texts(sent)).toEqual(['EHLO director.example\r\n', 'QUIT\r\n']);
  });

  it.each([
    [['220 mail\r\n', '250-one\r\n'], 'more'],
    [['220'], 'more'],
    [['554 go away\r\n'], 'not: the banner was "554 go away"'],
    [['421 full\r\n'], 'not: the banner was "421 full"'],
    [['SSH-2.0-OpenSSH\r\n'], 'not: the banner was "SSH-2.0-OpenSSH"'],
    [['220 mail\r\n', '502 what\r\n'], 'not: the answer to EHLO was "502 what"'],
    [['x'.repeat(9_000)], 'not: the banner has no end of line'],
  ])('%j: %s', (answers, expected) => {
    expect(verdict(make(), answers)).toBe(expected);
  });
  itSurvivesAnything(make, Buffer.from('220-a\r\n220 b\r\n'));
});

describe('ftp', () => {
  it.each([
    [undefined, ['220-Hi\r\n230 no end\r\n  all\r\n220 ready\r\n'], 'banner received'],
    [undefined, ['120 in 5 minutes\r\n'], 'not: the banner was "120 in 5 minutes"'],
    [LOGIN, ['220 a\r\n', '331 b\r\n', '230 c\r\n'], 'logged in'],
    [LOGIN, ['220 a\r\n', '230 no password\r\n'], 'logged in'],
    [LOGIN, ['220 a\r\n', '331 b\r\n', '530 no\r\n'], 'not: the answer to PASS was "530 no"'],
  ])('login %j, %j: %s', (login, answers, expected) => {
    expect(verdict(ftpDialogue(login), answers)).toBe(expected);
  });

  it('says what it must and no more', () => {
    const { sent } = converse(ftpDialogue(LOGIN), ['220 a\r\n', '331 b\r\n', '230 c\r\n']);
    expect(texts(sent)).toEqual(['USER check\r\n', 'PASS se"cret\r\n', 'QUIT\r\n']);
    expect(texts(converse(ftpDialogue(undefined), ['220 a\r\n']).sent)).toEqual(['QUIT\r\n']);
  });
  itSurvivesAnything(() => ftpDialogue(LOGIN), Buffer.from('220-a\r\nxx\r\n220 b\r\n'));
});

describe('pop', () => {
  it.each([
    [undefined, ['+OK ready\r\n'], 'greeting received'],
    [undefined, ['-ERR busy\r\n'], 'not: the greeting was "-ERR busy"'],
    [undefined, ['+OKAY\r\n'], 'not: the greeting was "+OKAY"'],
    [LOGIN, ['+OK\r\n', '+OK\r\n', '+OK\r\n'], 'logged in'],
    [LOGIN, ['+OK\r\n', '+OK\r\n', '-ERR\r\n'], 'not: the answer to PASS was "-ERR"'],
  ])('login %j, %j: %s', (login, answers, expected) => {
    expect(verdict(popDialogue(login), answers)).toBe(expected);
  });
  itSurvivesAnything(() => popDialogue(LOGIN), Buffer.from('+OK a\r\n'));
});

describe('imap', () => {
  it.each([
    [undefined, ['* OK ready\r\n', '* 3 EXISTS\r\nc1 OK done\r\n'], 'NOOP answered'],
    [undefined, ['* PREAUTH ready\r\n'], 'NOOP answered'],
    [undefined, ['* BYE full\r\n'], 'not: the greeting was "* BYE full"'],
    [undefined, ['* OK\r\n', '* BYE now\r\n'], 'not: the answer to NOOP was "* BYE now"'],
    [LOGIN, ['* OK\r\n', 'c1 OK in\r\n'], 'logged in'],
    [LOGIN, ['* OK\r\n', 'c1 NO wrong\r\n'], 'not: the answer to LOGIN was "c1 NO wrong"'],
  ])('login %j, %j: %s', (login, answers, expected) => {
    expect(verdict(imapDialogue(login), answers)).toBe(expected);
  });

  it('quotes what it logs in with, and logs out', () => {
    const { sent } = converse(imapDialogue(LOGIN), ['* OK\r\n', 'c1 OK in\r\n']);
    expect(texts(sent)).toEqual(['c1 LOGIN "check" "se\\"cret"\r\n', 'c2 LOGOUT\r\n']);
  });
  itSurvivesAnything(() => imapDialogue(undefined), Buffer.from('* OK a\r\n'));
});

describe('redis', () => {
  it.each([
    [undefined, ['+PONG\r\n'], 'PING answered by PONG'],
    [
      undefined,
      ['-NOAUTH Authentication required.\r\n'],
      'not: the answer to PING was "-NOAUTH Authentication required."',
    ],
    [undefined, ['-LOADING Redis is loading\r\n'], 'not: the answer to PING was "-LOADING Redis is loading"'],
    [{ user: undefined, password: 'x' }, ['+OK\r\n', '+PONG\r\n'], 'PING answered by PONG'],
    [
      { user: undefined, password: 'x' },
      ['-WRONGPASS no\r\n'],
      'not: the answer to AUTH was "-WRONGPASS no"',
    ],
  ])('login %j, %j: %s', (login, answers, expected) => {
    expect(verdict(redisDialogue(login), answers)).toBe(expected);
  });

  it('counts bytes, not characters, in what it sends', () => {
    const { sent } = converse(redisDialogue({ user: 'me', password: 'é' }), []);
    expect(texts(sent)).toEqual(['*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$2\r\né\r\n']);
  });
  itSurvivesAnything(() => redisDialogue(undefined), Buffer.from('+PONG\r\n'));
});
