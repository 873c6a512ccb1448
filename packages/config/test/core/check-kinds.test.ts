import { describe, expect, it } from 'vitest';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';

/** A virtual server with one check block. */
function parsed(lines: readonly string[]) {
  const text = [
    'primary = 192.0.2.1',
    'virtual v {',
    'active = 1',
    'address = 192.0.2.100 eth0:1',
    'check c {',
  ];
  const server = ['server a {', 'address = 10.0.0.11', 'active = 1', '}'];
  const { configuration, diagnostics } = parseLvsCf([...text, ...lines, '}', ...server, '}', ''].join('\n'));
  return {
    spec: configuration?.virtualServers[0]?.check.specs?.[0],
    findings: diagnostics
      .filter(({ code }) => !code.startsWith('CF_CHANGED'))
      .map(({ severity, code, line, column }) => `${severity} ${code} ${line}:${column}`),
  };
}

describe('kinds of checks', () => {
  it.each([
    [['kind = smtp', 'helo_name = mx.example'], { heloName: 'mx.example' }],
    [['kind = smtp'], { heloName: 'piranha.invalid' }],
    [['kind = imap', 'user = check', 'password_file = /etc/pw'], { user: 'check', passwordFile: '/etc/pw' }],
    [['kind = pop'], {}],
    [['kind = ftp'], {}],
    [['kind = ldap', 'search_base = "dc=example,dc=org"'], { searchBase: 'dc=example,dc=org' }],
    [
      ['kind = mysql', 'user = check', 'get_server_public_key = 1'],
      { user: 'check', getServerPublicKey: true },
    ],
    [['kind = postgresql', 'user = check'], { user: 'check', database: 'postgres', auth: 'any' }],
    [['kind = redis', 'password_file = /etc/pw'], { passwordFile: '/etc/pw' }],
    [['kind = dns'], { queryName: '.', queryType: 'SOA', transport: 'udp' }],
    [
      ['kind = dns', 'name = www.example', 'type = A', 'answer = 10.0.0.1', 'transport = tcp'],
      { queryName: 'www.example', queryType: 'A', answer: '10.0.0.1', transport: 'tcp' },
    ],
    [
      ['kind = udp', 'payload_hex = "00 ff"', 'reply_hex = "0x"', 'max_reply_length = 9'],
      { payloadHex: '00 ff', replyHex: '0x', minimumReplyBytes: 0, maximumReplyBytes: 9, silence: 'down' },
    ],
    [['kind = tcp', 'payload = "a b"', 'reply = x'], { payload: 'a b', reply: 'x' }],
    [['kind = ping', 'connect_ip = 10.0.0.9'], { address: '10.0.0.9' }],
    [
      ['kind = file', 'path = /run/up', 'max_age = 1.5'],
      { path: '/run/up', maximumAgeSeconds: 1.5, absent: false },
    ],
    [['kind = fixed', 'state = down'], { state: 'down' }],
    [
      ['kind = program', 'program = "/bin/x %h"', 'arguments = ldirectord'],
      { program: '/bin/x %h', arguments: 'ldirectord', miscDynamic: false },
    ],
    [
      ['kind = program', 'program = /c', 'misc_dynamic = 1'],
      { program: '/c', arguments: 'none', miscDynamic: true },
    ],
  ])('%j means %j', (lines, expected) => {
    const { spec, findings } = parsed(lines);
    expect(findings).toEqual([]);
    const kind = lines[0]?.replace('kind = ', '');
    expect(JSON.parse(JSON.stringify(spec))).toEqual({ name: 'c', kind, ...expected });
  });

  it.each([
    [['kind = postgresql'], 'error CF_CHECK_MISSING 5:7'],
    [['kind = file'], 'error CF_CHECK_MISSING 5:7'],
    [['kind = program'], 'error CF_CHECK_MISSING 5:7'],
    [['kind = program', 'program = check.sh'], 'error CF_CHECK_PATH 7:11'],
    [['kind = file', 'path = up'], 'error CF_CHECK_PATH 7:8'],
    [['kind = file', 'path = /up', 'absent = 1', 'max_age = 5'], 'error CF_CHECK_TWICE 8:10'],
    [['kind = imap', 'password_file = /pw'], 'error CF_CHECK_LOGIN 7:17'],
    [['kind = imap', 'user = a', 'password_file = pw'], 'error CF_CHECK_PATH 8:17'],
    [['kind = redis', 'user = a'], 'error CF_CHECK_LOGIN 7:8'],
    [['kind = ldap', 'bind_dn = "cn=a"'], 'error CF_CHECK_LOGIN 7:11'],
    [['kind = postgresql', 'user = a', 'auth = scram'], 'warning CF_CHECK_LOGIN 8:8'],
    [['kind = smtp', 'helo_name = "a b"'], 'error CF_CHECK_TEXT 7:13'],
    [['kind = pop', 'user = "a\x01"'], 'error CF_CHECK_TEXT 7:8'],
    [['kind = dns', 'name = a..b'], 'error CF_CHECK_DNS_NAME 7:8'],
    [['kind = dns', 'type = AXFR'], 'error CF_BAD_KEYWORD 7:8'],
    [['kind = udp', 'payload = a', 'payload_hex = "00"'], 'error CF_CHECK_TWICE 8:15'],
    [['kind = udp', 'payload_hex = "0x"'], 'error CF_CHECK_HEX 7:15'],
    [['kind = tcp', 'reply_hex = "0"'], 'error CF_CHECK_HEX 7:13'],
    [['kind = udp', 'min_reply_length = 9', 'max_reply_length = 8'], 'error CF_RANGE 7:20'],
    [['kind = udp', 'reply = a', 'silence = up'], 'warning CF_CHECK_SILENCE 8:11'],
  ])('%j is told', (lines, expected) => {
    expect(parsed(lines).findings).toEqual([expected]);
  });
});
