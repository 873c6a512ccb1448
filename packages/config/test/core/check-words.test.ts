import { describe, expect, it } from 'vitest';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';

function check(lines: readonly string[]) {
  const text = [
    'primary = 192.0.2.1',
    'virtual web {',
    'active = 1',
    'address = 192.0.2.100 eth0:1',
    'check c {',
    ...lines,
    '}',
    'server a {',
    'address = 10.0.0.11',
    'active = 1',
    '}',
    '}',
  ].join('\n');
  const { configuration, diagnostics } = parseLvsCf(text);
  const found = diagnostics
    .filter(({ code }) => !code.startsWith('CF_CHANGED'))
    .map(({ severity, code, line, column }) => `${severity} ${code} ${line}:${column}`);
  return { spec: configuration?.virtualServers[0]?.check.specs[0], found };
}

describe('the words of pages', () => {
  it('have defaults', () => {
    expect(check(['kind = http_get'])).toEqual({
      found: [],
      spec: {
        name: 'c',
        kind: 'http_get',
        method: 'GET',
        path: '/',
        version: '1.1',
        headers: [],
        statuses: [[200, 299]],
        bodyLimitBytes: 1_048_576,
      },
    });
  });

  it('mean a request and what its answer must be', () => {
    const digest = 'A'.repeat(64);
    const { spec, found } = check([
      'kind = ssl_get',
      'path = /health?deep=1',
      'method = POST',
      'http_protocol = 1.0',
      'virtualhost = www.example.com:8443',
      'header = "X-One: 1"',
      'header = "X-Two: 2"',
      'headers_file = /etc/sysconfig/ha/headers',
      'status_code = "200 204,300-399"',
      'body = "all well"',
      'regex = "^ok [0-9]+"',
      `digest = ${digest}`,
      'body_limit = 1000',
      'verify = name',
      'ca_file = /etc/ssl/our.pem',
      'certificate_days = 30',
    ]);
    expect(found).toEqual([]);
    expect(spec).toEqual({
      name: 'c',
      kind: 'ssl_get',
      method: 'POST',
      path: '/health?deep=1',
      version: '1.0',
      virtualHost: 'www.example.com:8443',
      headers: ['X-One: 1', 'X-Two: 2'],
      headersFile: '/etc/sysconfig/ha/headers',
      statuses: [
        [200, 200],
        [204, 204],
        [300, 399],
      ],
      text: 'all well',
      regex: '^ok [0-9]+',
      digest: digest.toLowerCase(),
      bodyLimitBytes: 1_000,
      tls: { verify: 'name', serverName: 'www.example.com', caFile: '/etc/ssl/our.pem', warnDays: 30 },
    });
  });

  it.each([
    ['path = health', 'error CF_CHECK_PATH 7:8'],
    ['path = "/a b"', 'error CF_CHECK_PATH 7:8'],
    ['virtualhost = a/b', 'error CF_CHECK_NAME_BAD 7:15'],
    ['header = nothing', 'error CF_CHECK_HEADER 7:10'],
    ['headers_file = headers', 'error CF_CHECK_PATH 7:16'],
    ['status_code = 2xx', 'error CF_CHECK_STATUS 7:15'],
    ['status_code = 300-200', 'error CF_CHECK_STATUS 7:15'],
    ['digest = 12ab', 'error CF_CHECK_DIGEST 7:10'],
    ['method = PUT', 'error CF_BAD_KEYWORD 7:10'],
    ['verify = ca', 'error CF_CHECK_WORD 7:1'],
  ])('of http_get are judged: %s', (line, expected) => {
    expect(check(['kind = http_get', line]).found).toEqual([expected]);
  });

  it('expect no body from HEAD', () => {
    expect(check(['kind = http_get', 'method = HEAD', 'body = x']).found).toEqual([
      'error CF_CHECK_NO_BODY 8:8',
    ]);
  });

  it.each([
    ['verify = name', 'error CF_CHECK_MISSING 7:10'],
    ['sni = 10.0.0.1', 'error CF_CHECK_NAME_BAD 7:7'],
    ['ca_file = /x', 'warning CF_CHECK_UNUSED 7:11'],
    ['path = /', 'error CF_CHECK_WORD 7:1'],
  ])('of tls are judged: %s', (line, expected) => {
    expect(check(['kind = tls', line]).found).toEqual([expected]);
  });
});
