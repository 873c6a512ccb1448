import { createHash } from 'node:crypto';
import type { PageSpec } from '@piranha/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endingDays } from '../../src/core/certificate.js';
import { HttpAnswer, HttpAnswerError } from '../../src/core/http-answer.js';
import { PageJudge, pageRequest } from '../../src/core/http-judge.js';

const digest = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex');
const PAGE: PageSpec = {
  name: 'c',
  method: 'GET',
  path: '/',
  version: '1.1',
  headers: [],
  statuses: [
    [200, 299],
    [302, 302],
  ],
  bodyLimitBytes: 100,
};

/** What is found in an answer that comes in pieces of a size, and then ends. */
function judge(text: string, spec: Partial<PageSpec> = {}, pieceBytes = 1_000): string {
  try {
    const page = new PageJudge({ ...PAGE, ...spec }, digest);
    const bytes = Buffer.from(text, 'latin1');
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      page.push(bytes.subarray(at, at + pieceBytes), false);
      if (page.verdict !== undefined) return page.verdict;
    }
    page.push(new Uint8Array(0), true);
    return page.verdict ?? 'undecided';
  } catch (error) {
    if (error instanceof HttpAnswerError) return error.message;
    throw error;
  }
}

const OK = 'HTTP/1.1 200 OK\r\n';
const MD5_OF_HI = digest('md5', Buffer.from('hi'));

describe('an answer of HTTP', () => {
  const reads: [string, string, Partial<PageSpec>, string][] = [
    ['status alone', `${OK}\r\n`, {}, 'status 200'],
    ['bare newlines', 'HTTP/1.0 204\n\n', {}, 'status 204'],
    ['another status', 'HTTP/1.1 302 Found\r\n\r\n', {}, 'status 302'],
    ['a refused status', 'HTTP/1.1 301 Moved\r\n\r\n', {}, 'status 301, not 200-299 302'],
    ['an early word', `HTTP/1.1 100 Continue\r\n\r\n${OK}\r\n`, {}, 'status 200'],
    ['no HTTP', 'S', {}, "no HTTP answer: it begins with 'S'"],
    ['a bad status', 'HTTP/1.1 OK\r\n\r\n', {}, "no HTTP answer: it begins with 'HTTP/1.1 OK'"],
    ['nothing', '', {}, 'closed without an answer'],
    ['half a head', 'HTTP/1.1 200 OK\r\nA: b', {}, 'closed in mid-head'],
    ['a counted body', `${OK}content-length: 2\r\n\r\nhi`, { text: 'hi' }, 'status 200, body of 2 bytes'],
    ['a body to the end', `${OK}\r\nhi there`, { text: 'i t' }, 'status 200, body of 8 bytes'],
    [
      'chunks',
      `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1;x\r\ni\r\n0\r\nT: x\r\n\r\n`,
      { digest: MD5_OF_HI },
      'status 200, body of 2 bytes',
    ],
    ['a bad chunk', `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, { text: 'x' }, 'bad chunk in the body'],
    ['half a chunk', `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nab`, { text: 'a' }, 'closed in mid-body'],
    ['half a body', `${OK}Content-Length: 9\r\n\r\nhi`, { text: 'hi' }, 'closed in mid-body'],
    ['a bad length', `${OK}Content-Length: -9\r\n\r\n`, { text: 'hi' }, 'bad Content-Length'],
    ['another text', `${OK}\r\nhello`, { text: 'hi' }, 'body does not hold the text'],
    ['too much', `${OK}\r\n${'x'.repeat(101)}`, { text: 'x' }, 'body of more than 100 bytes'],
    ['a match', `${OK}\r\nup 12`, { regex: 'up [0-9]+$' }, 'status 200, body of 5 bytes'],
    ['no match', `${OK}\r\nup x`, { regex: 'up [0-9]+$' }, 'body does not match the regular expression'],
    [
      'a match that is not the end',
      `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\nd\r\n but degraded\r\n0\r\n\r\n`,
      { regex: 'ok$' },
      'body does not match the regular expression',
    ],
    ['half a word', `${OK}\r\nupper`, { regex: '\\bup\\b' }, 'body does not match the regular expression'],
    ['an empty match', `${OK}Content-Length: 0\r\n\r\n`, { regex: '^$' }, 'status 200, body of 0 bytes'],
    ['an unwanted long body', `${OK}\r\n${'x'.repeat(500)}`, {}, 'status 200'],
    ['an unwanted bad chunk', `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, {}, 'status 200'],
    [
      'an error page beyond the limit',
      `HTTP/1.1 503 No\r\n\r\n${'x'.repeat(500)}`,
      { text: 'x' },
      'status 503, not 200-299 302',
    ],
    ['a bad expression', OK, { regex: '(' }, 'regular expression unusable: Unmatched ( or \\('],
    [
      'another digest',
      `${OK}\r\nho`,
      { digest: MD5_OF_HI },
      `md5 of the body is ${digest('md5', Buffer.from('ho'))}`,
    ],
    [
      'no body to HEAD',
      `${OK}Content-Length: 9\r\n\r\n`,
      { method: 'HEAD', readsBody: true },
      'status 200, body of 0 bytes',
    ],
    ['an empty body', `${OK}Content-Length: 0\r\n\r\n`, { readsBody: true }, 'status 200, body of 0 bytes'],
  ];

  it.each(reads)('with %s is judged, whole or byte by byte', (_, text, spec, expected) => {
    expect(judge(text, spec)).toBe(expected);
    expect(judge(text, spec, 1)).toBe(expected);
  });

  it('of a page that always changes stays one problem', () => {
    const topicOf = (body: string) => {
      try {
        new PageJudge({ ...PAGE, digest: MD5_OF_HI }, digest).push(Buffer.from(`${OK}\r\n${body}`), true);
      } catch (error) {
        return error instanceof HttpAnswerError ? error.topic : error;
      }
      return undefined;
    };
    expect(topicOf('one')).toBe('md5 of the body is another');
    expect(topicOf('two')).toBe(topicOf('one'));
  });

  it('takes a SHA-256 by the length of the digest', () => {
    expect(judge(`${OK}\r\nhi`, { digest: digest('sha256', Buffer.from('hi')) })).toContain('status 200');
  });

  it('with a head or a chunk line without end is given up', () => {
    expect(judge(`${OK}X: ${'x'.repeat(20_000)}`)).toBe('head of more than 16384 bytes');
    expect(judge('HTTP/1.1 102 Processing\r\n\r\n'.repeat(17))).toBe('more than 16 answers of 1xx');
    const chunks = `${OK}Transfer-Encoding: chunked\r\n\r\n${'1'.repeat(2_000)}`;
    expect(judge(chunks, { text: 'x' })).toBe('chunk line of more than 1024 bytes');
  });

  it('of any bytes gives a verdict or a reason, the same in any pieces', () => {
    const part = fc.constantFrom(
      OK,
      '\r\n',
      '\n',
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
      '3\r\n',
      'abc',
      '0\r\n',
      'HTTP/',
      'x',
    );
    const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (answer, pieceBytes) => {
        // How much of what is no HTTP is shown depends on how much had come.
        for (const spec of [{ readsBody: true }, { regex: 'c$' }, { bodyLimitBytes: 2 }] as const) {
          const told = (bytes: number) => judge(answer, spec, bytes).replace(/it begins.*/, '');
          expect(told(pieceBytes)).toBe(told(1_000));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives its body as it comes, and nothing behind its end', () => {
    const pieces: string[] = [];
    const answer = new HttpAnswer('GET', (piece) => pieces.push(Buffer.from(piece).toString()));
    answer.push(Buffer.from(`${OK}Content-Length: 2\r\n\r\nhi and more`));
    expect([answer.done, answer.status, pieces]).toEqual([true, 200, ['hi']]);
  });
});

describe('a regular expression for a body', () => {
  it('is looked for in its beginning, whose end is not that of the body', () => {
    const page = (more: string) =>
      judge(`${OK}\r\n${'x'.repeat(64 * 1024)}${more}`, { regex: 'x$', bodyLimitBytes: 1_000_000 }, 10_000);
    expect(page('')).toContain('status 200');
    expect(page('x')).toBe('body does not match the regular expression');
    const last = `${'x'.repeat(64 * 1024 - 1)}y`;
    const spec = { regex: 'y', bodyLimitBytes: 1_000_000 };
    expect(judge(`${OK}\r\n${last}zz`, spec, 10_000)).toContain('status 200');
    expect(judge(`${OK}\r\nx${last}`, spec, 10_000)).toContain('does not match');
  });
});

describe('a request', () => {
  it('has the usual headers, and those that are given in their place', () => {
    expect(pageRequest(PAGE, '10.0.0.1:80', [])).toBe(
      'GET / HTTP/1.1\r\nHost: 10.0.0.1:80\r\nUser-Agent: piranha-nanny\r\nAccept: */*\r\nConnection: close\r\n\r\n',
    );
    const spec: PageSpec = {
      ...PAGE,
      method: 'POST',
      version: '1.0',
      virtualHost: 'a',
      headers: ['accept: x'],
    };
    expect(pageRequest(spec, 'h', ['Authorization: s'])).toBe(
      'POST / HTTP/1.0\r\nHost: a\r\nUser-Agent: piranha-nanny\r\nConnection: close\r\nContent-Length: 0\r\naccept: x\r\nAuthorization: s\r\n\r\n',
    );
  });
});

describe('the end of a certificate', () => {
  const end = 'Jan  1 00:00:00 2120 GMT';
  const at = (days: number) => Date.parse(end) - days * 86_400_000;
  it('is told within the days of warning', () => {
    expect(endingDays(end, 14, at(13.5))).toBe(13);
    expect(endingDays(end, 14, at(-1))).toBe(-1);
  });
  it('is not told before, without days, or of no date', () => {
    expect(endingDays(end, 14, at(14.5))).toBeUndefined();
    expect(endingDays(end, 0, at(1))).toBeUndefined();
    expect(endingDays('', 14, at(1))).toBeUndefined();
  });
});
