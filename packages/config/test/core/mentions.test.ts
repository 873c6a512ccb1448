import { describe, expect, it } from 'vitest';
import { certificatesProblem, headersOfFile, passwordOf } from '../../src/core/check-file-texts.js';
import { patternFindings } from '../../src/core/mentioned-patterns.js';
import { mentionsOf } from '../../src/core/mentions.js';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import { parseConfiguration } from '../../src/shell/load.js';

/** A service whose words begin at line 5; its server block has more words at the end. */
function file(words: readonly string[], server: readonly string[] = [], active = 1): string {
  return [
    'primary = 192.0.2.1',
    'virtual web {',
    `  active = ${active}`,
    '  address = 192.0.2.100 eth0:1',
    ...words.map((word) => `  ${word}`),
    '  server a {',
    '    address = 10.0.0.11',
    '    active = 1',
    ...server.map((word) => `    ${word}`),
    '  }',
    '}',
    '',
  ].join('\n');
}

function mentions(text: string): string[] {
  const { parsed, tree } = parseLvsCf(text);
  return mentionsOf(parsed, tree.lines).map(
    ({ kind, word, value, line, column }) => `${line}:${column} ${kind} ${word}=${value}`,
  );
}

const PAGE = [
  'check page {',
  'kind = ssl_get',
  'verify = ca',
  'ca_file = /ca',
  'headers_file = /h',
  'regex = "a+"',
  '}',
];

describe('what a file names beyond itself', () => {
  it('is what its checks and quorum programs name, each with its place', () => {
    const quorum = ['quorum = 1', 'quorum_up = "/bin/up now"', 'quorum_down = /bin/down'];
    expect(mentions(file([...quorum, ...PAGE]))).toEqual([
      '6:15 quorum program quorum_up=/bin/up now',
      '7:17 quorum program quorum_down=/bin/down',
      '11:13 certificates ca_file=/ca',
      '12:18 headers headers_file=/h',
      '13:11 regex regex=a+',
    ]);
    const login = ['check in {', 'kind = pop', 'user = u', 'password_file = /pw', '}'];
    const own = ['check own {', 'kind = program', 'program = "/bin/c %h"', '}'];
    expect(mentions(file(login, own))).toEqual(['15:15 check program program=/bin/c %h']);
    expect(mentions(file(login))).toEqual(['8:19 password password_file=/pw']);
  });

  it('is not what nobody uses', () => {
    expect(mentions(file(PAGE, [], 0))).toEqual([]);
    const unverified = PAGE.map((word) => word.replace('verify = ca', 'verify = none'));
    expect(mentions(file(unverified)).join()).not.toContain('ca_file');
  });

  it("is what the original's words name where no check block stands", () => {
    const expectation = ['send = "x"', 'expect = "["', 'use_regex = 1'];
    expect(mentions(file(expectation))).toEqual(['6:12 expect expect=[']);
    expect(mentions(file(['expect = "["']))).toEqual([]);
    expect(mentions(file([...expectation, 'check c {', 'kind = tcp', '}']))).toEqual([]);
    expect(mentions(file([...expectation, 'send_program = "/bin/c %h"']))).toEqual([
      '8:18 check program send_program=/bin/c %h',
    ]);
  });
});

describe('a regular expression that is none', () => {
  const found = async (text: string) => {
    const { configuration, diagnostics } = await parseConfiguration(Buffer.from(text), 'lvs.cf');
    const lines = diagnostics.map(
      ({ severity, code, line, column }) => `${line}:${column} ${severity} ${code}`,
    );
    return { usable: configuration !== undefined, lines };
  };

  it('in a check block is an error, with its place among the others', async () => {
    const bad = PAGE.map((word) => word.replace('a+', '(a'));
    expect(await found(file(bad))).toEqual({ usable: false, lines: ['10:11 error CF_CHECK_REGEX'] });
    expect(await found(file(PAGE))).toEqual({ usable: true, lines: [] });
    const two = await found(`${file(bad)}nonsense = 1\n`);
    expect(two.lines).toEqual(['10:11 error CF_CHECK_REGEX', '17:1 error CF_UNKNOWN_DIRECTIVE']);
  });

  it("in the original's expect is a warning, after its escapes", async () => {
    const words = ['send = "x"', 'use_regex = 1'];
    expect(await found(file([...words, 'expect = "a(b"']))).toEqual({
      usable: true,
      lines: ['7:12 warning CF_CHANGED_EXPECT_READ', '7:12 warning CF_EXPECT_REGEX'],
    });
    const escaped = await found(file([...words, 'expect = "a\\\\(b"']));
    expect(escaped.lines.join()).not.toContain('REGEX');
  });

  it('says what is wrong with it, and what it would cost', () => {
    const place = { word: 'expect', value: '[a', line: 1, column: 2 };
    expect(patternFindings([{ kind: 'expect', ...place }])[0]?.text).toBe(
      'expect is no regular expression: Unmatched [, [^, [:, [., or [=; every server would be down',
    );
    expect(patternFindings([{ kind: 'headers', ...place }])).toEqual([]);
  });
});

describe('the text of a file that a check reads', () => {
  it('of headers is taken without comments, and not with a line that is none', () => {
    expect(headersOfFile('# mine\nA: b\r\n\nC-D:e')).toEqual(['A: b', 'C-D:e']);
    expect(headersOfFile('A: b\nno header')).toBeUndefined();
  });

  it('of a password is one line', () => {
    expect(passwordOf('s e c\r\n')).toEqual({ ok: true, secret: 's e c' });
    expect([passwordOf('\n'), passwordOf('a\nb')].map(({ ok }) => ok)).toEqual([false, false]);
  });

  it('of authorities holds a certificate', () => {
    expect(certificatesProblem('x\n-----BEGIN CERTIFICATE-----\n')).toBeUndefined();
    expect(certificatesProblem('-----BEGIN TRUSTED CERTIFICATE-----')).toBeUndefined();
    expect([certificatesProblem(' \n'), certificatesProblem('hello')]).toEqual([
      'it is empty',
      'it holds no certificate in PEM',
    ]);
  });
});
