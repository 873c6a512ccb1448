import { describe, expect, it } from 'vitest';
import { asPattern } from '../../../src/core/pattern.js';
import { errorsOf, fromLdirectord, reasonsOf } from '../../support/import.js';

function virtual(...lines: readonly string[]): string {
  return `virtual=10.0.0.9:80\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

describe('questions', () => {
  it.each([
    ['Test Page', 'Test Page'],
    ['(one|two) [0-9]+', '(one|two) [0-9]+'],
    ['\\d+', undefined],
    ['a\\.b \\(c\\)', 'a[.]b [(]c[)]'],
    ['[\\.]', undefined],
    ['^whole$', undefined],
    ['a+?', undefined],
    ['(?i)a', undefined],
    ['(unclosed', undefined],
    ['a||b', undefined],
    ['', undefined],
  ])('the expression %j', (receive, pattern) => {
    expect(asPattern(receive)).toBe(pattern);
  });

  const REAL = 'real=10.0.0.1:80 gate';
  const wordsOf = (text: string) =>
    (/check \S+ \{\n([^}]*)\}/.exec(text)?.[1] ?? '')
      .trim()
      .split('\n')
      .map((line) => line.trim());

  it.each([
    [
      ['request="up"', 'receive="fine"', 'virtualhost=a.test'],
      ['kind = http_get', 'path = /up', 'virtualhost = a.test', 'body = fine'],
    ],
    [['receive="^up\\."'], ['kind = http_get', 'path = /', 'regex = ^up[.]']],
    [['receive="a (b|c)"'], ['kind = http_get', 'path = /', 'regex = "a (b|c)"']],
    [
      ['service=https', 'httpmethod=HEAD'],
      ['kind = ssl_get', 'path = /', 'method = HEAD'],
    ],
    [['service=smtp'], ['kind = smtp']],
    [['service=submission'], ['kind = smtp']],
    [['service=pop'], ['kind = pop']],
    [['service=imap'], ['kind = imap']],
    [['service=nntp'], ['kind = tcp', 'reply = 2']],
    [
      ['service=ldap', 'request="dc=example,dc=test"'],
      ['kind = ldap', 'search_base = dc=example,dc=test'],
    ],
    [
      ['service=dns', 'protocol=udp', 'request="a.test"', 'receive="10\\.0\\.0\\.7"'],
      ['kind = dns', 'name = a.test', 'type = A', 'answer = 10.0.0.7'],
    ],
    [
      ['service=dns', 'protocol=udp', 'request="10.0.0.7"', 'receive="a.test"'],
      ['kind = dns', 'name = 7.0.0.10.in-addr.arpa', 'type = PTR', 'answer = a.test'],
    ],
    [['service=none'], ['kind = fixed', 'state = up']],
    [['checktype=connect'], ['kind = tcp']],
    [['checktype=connect', 'protocol=udp'], ['kind = ping']],
    [['checktype=ping'], ['kind = ping']],
    [
      ['checktype=external', 'checkcommand="/bin/look"'],
      ['kind = program', 'program = /bin/look', 'arguments = ldirectord'],
    ],
  ])('%j', (lines, words) => {
    const imported = fromLdirectord(virtual(REAL, ...lines));
    expect(errorsOf(imported)).toEqual([]);
    expect(wordsOf(imported.text)).toEqual(words);
    expect(imported.notes).toEqual([]);
  });

  it.each([
    [['service=pgsql', 'login="who"', 'database="shop"'], 'kind = postgresql'],
    [['service=pgsql'], 'kind = tcp'],
    [['service=mysql', 'login="who"', 'passwd="hush"'], 'kind = mysql'],
    [['service=oracle'], 'kind = tcp'],
    [['service=ldaps'], 'kind = tls'],
    [['service=radius'], 'kind = ping'],
    [['service=ftp'], 'kind = ftp'],
    [['service=http', 'protocol=udp'], 'kind = udp'],
    [['service=http', 'httpmethod=HEAD', 'receive="never"'], 'kind = http_get'],
    [['checktype=external-perl', 'checkcommand=/bin/look.pl'], 'program = "/usr/bin/perl /bin/look.pl"'],
    [['checktype=external', 'checkcommand=look'], 'kind = tcp'],
  ])('%j, with a note of what is less', (lines, word) => {
    const imported = fromLdirectord(virtual(REAL, ...lines));
    expect(errorsOf(imported)).toEqual([]);
    expect(wordsOf(imported.text)).toContain(word);
    expect(imported.notes.length).toBeGreaterThan(0);
    expect(imported.text).not.toContain('hush');
  });

  it('asks SIP servers by the protocol of their service', () => {
    for (const protocol of ['tcp', 'udp']) {
      const lines = [REAL, 'service=sip', `protocol=${protocol}`, 'login="me@a.test"'];
      const imported = fromLdirectord(virtual(...lines));
      expect(imported.text).toContain(`         kind = ${protocol}\n`);
      expect(imported.text).toContain('payload = "OPTIONS sip:me@a.test SIP/2.0\\r\\nVia: ');
      expect(imported.notes).toEqual([]);
    }
  });

  it('sends the text of simpletcp as it is, with line ends', () => {
    const lines = ['real=10.0.0.1:80 gate', 'service=simpletcp', 'request="A\\n\\r"', 'receive="B"'];
    const { text } = fromLdirectord(virtual(...lines));
    expect(text).toContain('send = A\\n\\\\r\n');
    expect(text).toContain('expect = B\n');
  });

  it('writes send and expect of most servers, which no server can have for itself', () => {
    const real = (number: number, word: string) => `real=10.0.0.${number}:80 gate 1 "/${word}", "${word}"`;
    const lines = [real(1, 'a'), real(2, 'b'), real(3, 'b')];
    const simple = fromLdirectord(virtual(...lines, 'service=simpletcp'));
    expect(simple.text).toContain('send = b\n     expect = b\n');
    expect(reasonsOf(simple)).toEqual([
      '2: send and expect are those of all servers of a service: as in line 3',
    ]);
    const pages = fromLdirectord(virtual(...lines, 'service=http'));
    expect(pages.text.match(/path = \/[ab]/g)).toEqual(['path = /b', 'path = /a']);
    expect(pages.notes).toEqual([]);
  });

  it('checks the port of checkport, whatever the table has', () => {
    const imported = fromLdirectord(virtual('real=10.0.0.1:81 masq', 'checkport=90'));
    expect(imported.text).toContain('     check_port = 90\n');
    expect(imported.text).toContain('         port = 81\n');
    expect(imported.notes).toEqual([]);
  });
});

describe('times', () => {
  const REAL = 'real=10.0.0.1:80 gate';
  it.each([
    ['', ['checktype=connect'], 'timeout = 5\n     interval = 10\n     rise = 1\n'],
    ['', [], 'timeout = 30\n     interval = 10\n'],
    [
      'checkinterval=4\nchecktimeout=2\nfailurecount=3\n',
      [],
      'timeout = 2\n     interval = 4\n     fall = 3\n',
    ],
    ['negotiatetimeout=7\n', ['checktype=connect', 'checktimeout=3'], 'timeout = 3\n'],
    ['fork=yes\n', ['checkinterval=9'], 'interval = 9\n'],
    ['failurecount=3\n', ['failurecount=2'], 'fall = 2\n'],
  ])('%j with %j', (head, lines, words) => {
    expect(fromLdirectord(`${head}${virtual(REAL, ...lines)}`).text).toContain(`     ${words}`);
  });

  it('notes a time that no check goes by', () => {
    const imported = fromLdirectord(
      `negotiatetimeout=7\n${virtual(REAL, 'checktype=connect', 'checktimeout=3')}`,
    );
    expect(reasonsOf(imported)).toEqual([expect.stringMatching(/^1: no check goes by it/)]);
  });
});

describe('what is told and run', () => {
  it('mails by the server of smtp, else by that of the director, about all services', () => {
    const service = virtual('real=10.0.0.1:80 gate', 'emailalert="b@x.test"');
    const told = fromLdirectord(
      `emailalert="a@x.test"\nemailalertfrom=c@x.test\nsmtp=mail.x.test\n${service}`,
    );
    expect(told.text).toContain(
      'mail_to = "a@x.test, b@x.test"\nmail_from = c@x.test\nsmtp_server = mail.x.test\nsmtp_tls = none\n',
    );
    const local = fromLdirectord(`emailalert="a@x.test"\n${virtual('real=10.0.0.1:80 gate')}`);
    expect(local.text).toContain('mail_to = a@x.test\nsmtp_server = 127.0.0.1\n');
    for (const imported of [told, local]) expect(errorsOf(imported)).toEqual([]);
  });

  it('runs the fallback command with the words that ldirectord gives it', () => {
    const imported = fromLdirectord(virtual('real=10.0.0.1:80 gate', 'fallbackcommand="/bin/note -x"'));
    expect(imported.text).toContain('quorum_up = "/bin/note -x stop 10.0.0.9:80 tcp"\n');
    expect(imported.text).toContain('quorum_down = "/bin/note -x start 10.0.0.9:80 tcp"\n');
  });

  it('looks into the same directory for servers that are to be out', () => {
    const service = virtual('real=10.0.0.1:80 gate');
    expect(fromLdirectord(`maintenancedir=/etc/out\n${service}`).text).toContain(
      'maintenance_dir = /etc/out\n',
    );
    expect(errorsOf(fromLdirectord(`maintenancedir=out\n${service}`))).toEqual([]);
  });
});

describe('blocks', () => {
  it('ends at an empty line, and goes on behind a comment', () => {
    const text = `${virtual('real=10.0.0.1:80 gate', 'checktype=connect')}  # a comment\n    scheduler=rr\n\n    persistent=60\n`;
    const imported = fromLdirectord(text);
    expect(imported.text).toContain('scheduler = rr');
    expect(imported.text).not.toContain('persistent');
    expect(reasonsOf(imported)).toEqual([expect.stringMatching(/^7: it belongs to no virtual/)]);
  });

  it('takes the global fallback server, with its own way', () => {
    const imported = fromLdirectord(
      `fallback=127.0.0.1\n${virtual('real=10.0.0.1:80 masq', 'checktype=connect')}`,
    );
    expect(imported.text).toContain('sorry_server = 127.0.0.1\n');
    expect(imported.text).toContain('forward = direct\n');
    expect(imported.notes).toEqual([]);
  });

  it('carries names and comments as comments', () => {
    const imported = fromLdirectord(
      virtual('real=10.0.0.1:80 gate', 'checktype=connect', 'servicename=the shop'),
    );
    expect(imported.text).toContain('# the shop\nvirtual tcp_10.0.0.9_80 {\n');
  });

  it('takes servers that are down out of the table unless it is told otherwise', () => {
    const block = virtual('real=10.0.0.1:80 gate', 'checktype=connect');
    expect(fromLdirectord(block).text).not.toContain('quiesce_server');
    expect(fromLdirectord(`quiescent=yes\n${block}`).text).toContain('quiesce_server = 1');
  });
});
