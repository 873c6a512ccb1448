import { describe, expect, it } from 'vitest';
import { errorsOf, fromKeepalived, reasonsOf } from '../../support/import.js';

function service(lines: string, header = 'virtual_server 10.0.0.9 80'): string {
  return `${header} {\nprotocol TCP\n${lines}\n}\n`;
}

describe('checks', () => {
  const one = (check: string, header?: string) =>
    fromKeepalived(service(`delay_loop 6\nreal_server 10.0.0.1 80 {\n${check}\n}`, header));
  /** The check blocks of a result, without blanks at the ends of lines. */
  const blocksOf = (text: string) =>
    [...text.matchAll(/^ +check (\S+) \{\n([^}]*)\}/gm)].map(([, name, words = '']) => [
      name,
      words
        .trim()
        .split('\n')
        .map((line) => line.trim()),
    ]);

  it('asks for each page of HTTP_GET, and looks at its status and body', () => {
    const urls = [
      'url {\npath /up\nstatus_code 200 301-302\nvirtualhost a.test\n}',
      'url {\npath /sum\ndigest 0123456789ABCDEF0123456789abcdef\nregex all\\.well\n}',
    ];
    const { text, notes } = one(`HTTP_GET {\nhttp_protocol 1.1\nconnect_port 8080\n${urls.join('\n')}\n}`);
    expect(blocksOf(text)).toEqual([
      [
        'http_get',
        [
          'kind = http_get',
          'path = /up',
          'virtualhost = a.test',
          'http_protocol = 1.1',
          'status_code = "200 301-302"',
          'connect_port = 8080',
        ],
      ],
      [
        'http_get_2',
        [
          'kind = http_get',
          'path = /sum',
          'http_protocol = 1.1',
          'digest = 0123456789abcdef0123456789abcdef',
          'regex = all[.]well',
          'connect_port = 8080',
        ],
      ],
    ]);
    expect(notes).toEqual([]);
  });

  it.each([['status_code 20'], ['status_code 300-200'], ['digest 12'], ['regex "\\\\d+?"'], ['path "/a b"']])(
    'notes %s, which no check can have, and leaves it out',
    (line) => {
      const imported = one(`HTTP_GET {\nurl {\n${line}\n}\n}`);
      expect(errorsOf(imported)).toEqual([]);
      expect(imported.notes.map((note) => note.line)).toEqual([7]);
      expect(blocksOf(imported.text)).toEqual([
        ['http_get', ['kind = http_get', 'path = /', 'http_protocol = 1.0']],
      ]);
    },
  );

  it('carries no expression whose options it does not know', () => {
    const { text, notes } = one('HTTP_GET {\nurl {\nregex up\nregex_options caseless\n}\n}');
    expect(text).not.toContain('regex');
    expect(notes.map(({ line }) => line)).toEqual([7, 8]);
  });

  it.each([
    ['SSL_GET {\nenable_sni\nsni_name a.test\nurl {\npath /\n}\n}', ['kind = ssl_get', 'sni = a.test']],
    ['SMTP_CHECK {\nhelo_name me.test\n}', ['kind = smtp', 'helo_name = me.test']],
    ['DNS_CHECK {\ntype a\nname www.test\n}', ['kind = dns', 'name = www.test', 'type = A']],
    ['UDP_CHECK {\npayload "Ab12f 3"\n}', ['kind = udp', 'payload_hex = ab120f03', 'silence = up']],
    [
      'UDP_CHECK {\nrequire_reply 0x\nmin_reply_length 2\nmax_reply_length 9\n}',
      ['kind = udp', 'reply_hex = 0x', 'min_reply_length = 2', 'max_reply_length = 9'],
    ],
    ['PING_CHECK {\nconnect_ip 10.9.9.9\n}', ['kind = ping', 'connect_ip = 10.9.9.9']],
    [
      'MISC_CHECK {\nmisc_path "/bin/look -v"\nmisc_dynamic\n}',
      ['kind = program', 'program = "/bin/look -v"', 'misc_dynamic = 1'],
    ],
    ['', ['kind = fixed', 'state = up']],
  ])('%j', (check, words) => {
    const imported = one(check);
    expect(errorsOf(imported)).toEqual([]);
    const blocks = blocksOf(imported.text);
    expect(blocks).toHaveLength(1);
    expect(blocks[0]?.[1]).toEqual(expect.arrayContaining(words));
  });

  it('greets each host of SMTP_CHECK', () => {
    const hosts = 'host {\nconnect_ip 10.0.0.5\n}\nhost {\nconnect_port 587\n}';
    expect(blocksOf(one(`SMTP_CHECK {\n${hosts}\n}`).text)).toEqual([
      ['smtp', ['kind = smtp', 'connect_ip = 10.0.0.5']],
      ['smtp_2', ['kind = smtp', 'connect_port = 587']],
    ]);
  });

  it('has all checks of a server pass, each within its own time', () => {
    const { text, notes } = one('TCP_CHECK {\nconnect_timeout 2\n}\nPING_CHECK {\nconnect_timeout 4\n}');
    expect(blocksOf(text)).toEqual([
      ['tcp', ['kind = tcp', 'check_timeout = 2']],
      ['ping', ['kind = ping']],
    ]);
    expect(text).toContain('     timeout = 4\n');
    expect(notes).toEqual([]);
  });

  it('writes the checks of most servers once, and those of the others beside them', () => {
    const server = (number: number, check: string) => `real_server 10.0.0.${number} 80 {\n${check} {\n}\n}`;
    const servers = [server(1, 'PING_CHECK'), server(2, 'TCP_CHECK'), server(3, 'TCP_CHECK')];
    const { text, notes } = fromKeepalived(service(servers.join('\n')));
    expect(text.match(/^ {5}check tcp \{$/gm)).toHaveLength(1);
    expect(text.match(/^ {9}check ping \{$/gm)).toHaveLength(1);
    expect(text.match(/check /g)).toHaveLength(2);
    expect(notes).toEqual([]);
  });

  it('gives one program to servers whose commands differ in address and port alone', () => {
    const server = (number: number) =>
      `real_server 10.0.0.${number} 80 {\nMISC_CHECK {\nmisc_path "/bin/look 10.0.0.${number} 80 -v"\n}\n}`;
    const imported = fromKeepalived(service(`${server(1)}\n${server(2)}`));
    expect(blocksOf(imported.text)).toEqual([
      ['program', ['kind = program', 'program = "/bin/look %h %p -v"']],
    ]);
    expect(imported.notes).toEqual([]);
  });

  it.each([`/bin/sh -c 'look here'`, 'look here'])(
    'tries a connection where %s cannot be said',
    (command) => {
      const imported = one(`MISC_CHECK {\nmisc_path "${command}"\n}`);
      expect(blocksOf(imported.text)).toEqual([['tcp', ['kind = tcp']]]);
      expect(reasonsOf(imported)).toEqual([expect.stringMatching(/^6: lvs.cf cannot hold this command/)]);
    },
  );

  it('takes a mark whose servers are asked by datagram for UDP', () => {
    const mark = one('DNS_CHECK {\n}', 'virtual_server fwmark 4');
    expect(mark.text).toContain('protocol = udp');
    expect(reasonsOf(mark)).toContainEqual(
      expect.stringMatching(/^2: keepalived ignores the protocol of a mark/),
    );
  });

  it('pings servers of a mark whose port nobody says, and checks the port where one does', () => {
    const header = 'virtual_server fwmark 4';
    const bare = fromKeepalived(service('real_server 10.0.0.1 {\nTCP_CHECK {\n}\n}', header));
    expect(blocksOf(bare.text)).toEqual([['ping', ['kind = ping']]]);
    const told = fromKeepalived(service('lb_kind DR\nreal_server 10.0.0.1 81 {\nTCP_CHECK {\n}\n}', header));
    expect(told.text).toContain('         port = 0\n');
    expect(told.text).toContain('     check_port = 81\n');
  });

  it('names a virtualhost that nobody is asked for', () => {
    const check = 'real_server 10.0.0.1 443 {\nTCP_CHECK {\n}\n}';
    expect(reasonsOf(fromKeepalived(service(`virtualhost a.test\n${check}`)))).toContainEqual(
      '3: it has no use: no page is asked for',
    );
  });
});

describe('times', () => {
  const timesOf = (lines: string, check = 'TCP_CHECK {\n}') =>
    fromKeepalived(service(`${lines}\nreal_server 10.0.0.1 80 {\n${check}\n}`));

  it.each([
    ['', 'TCP_CHECK {\n}', 'timeout = 5\n     interval = 60\n     retry = 1\n     delay_before_retry = 1\n'],
    ['', 'HTTP_GET {\n}', 'retry = 1\n     delay_before_retry = 3\n'],
    ['delay_loop 7', 'DNS_CHECK {\n}', 'interval = 7\n     retry = 3\n     delay_before_retry = 7\n'],
    ['delay_loop 7', 'MISC_CHECK {\nmisc_path /a\n}', 'timeout = 7\n     interval = 7\n     rise = 1\n'],
    ['retry 0', 'TCP_CHECK {\n}', 'interval = 60\n     rise = 1\n'],
    ['retry 4', 'TCP_CHECK {\nretry 5\ndelay_before_retry 2\n}', 'retry = 5\n     delay_before_retry = 2\n'],
    ['warmup 3\nalpha', 'TCP_CHECK {\n}', 'initial_state = down\n     warmup = 3\n'],
    ['alpha', 'TCP_CHECK {\nalpha off\n}', 'delay_before_retry = 1\n     rise = 1\n'],
  ])('%j with %j', (lines, check, words) => {
    expect(timesOf(lines, check).text).toContain(`     ${words}`);
  });

  it('notes a time that no check goes by', () => {
    const imported = timesOf('connect_timeout 3', 'TCP_CHECK {\nconnect_timeout 4\n}');
    expect(reasonsOf(imported)).toEqual([expect.stringMatching(/^3: no check goes by it/)]);
  });

  it('writes times of a single server into its block', () => {
    const server = (number: number, line: string) =>
      `real_server 10.0.0.${number} 80 {\n${line}\nTCP_CHECK {\n}\n}`;
    const text = fromKeepalived(
      service([server(1, ''), server(2, ''), server(3, 'delay_loop 9')].join('\n')),
    ).text;
    expect(text).toContain('\n     interval = 60\n');
    expect(text.match(/\n {9}interval = 9\n/g)).toHaveLength(1);
  });
});

describe('quorum, programs and mail', () => {
  it('carries a quorum with its programs, and their user', () => {
    const words = 'quorum 3\nhysteresis 1\nquorum_up /bin/up\nquorum_down "/bin/down now" ops';
    const text = `global_defs {\nscript_user watcher\n}\n${service(`${words}\nreal_server 10.0.0.1 80 {\n}`)}`;
    const imported = fromKeepalived(text);
    expect(imported.text).toContain(
      '     quorum = 3\n     hysteresis = 1\n     quorum_up = /bin/up\n     quorum_down = "/bin/down now"\n',
    );
    expect(imported.text).toContain('\nnotify_user = watcher\n');
    expect(reasonsOf(imported)).toEqual([expect.stringMatching(/^9: 'ops' behind it/)]);
  });

  it.each([
    ['quorum 2\nhysteresis 2', 'hysteresis'],
    ['quorum 0', 'quorum ='],
    ['quorum_up up.sh', 'quorum_up'],
  ])('leaves out %j, with which no director would start', (words, absent) => {
    const imported = fromKeepalived(service(`${words}\nreal_server 10.0.0.1 80 {\n}`));
    expect(errorsOf(imported)).toEqual([]);
    expect(imported.text).not.toContain(absent);
    expect(imported.notes).toHaveLength(1);
  });

  it('runs the scripts of an instance, the first of several', () => {
    const instance = (name: string) =>
      `vrrp_instance ${name} {\ninterface eth0\nnotify /bin/tell\nnotify_master /bin/${name}\n}\n`;
    const imported = fromKeepalived(
      `${instance('a')}${instance('b')}${service('real_server 10.0.0.1 80 {\n}')}`,
    );
    expect(imported.text).toContain('\nnotify = /bin/tell\nactive_cmd = /bin/a\n');
    expect(reasonsOf(imported)).toContainEqual(
      '9: all addresses move together, and one program is run: /bin/a',
    );
  });

  it.each([
    ['192.0.2.25', 'smtp_server = 192.0.2.25\nsmtp_tls = none\n'],
    ['127.0.0.1 2525', 'smtp_server = 127.0.0.1:2525\n'],
    ['2001:db8::1 25', 'smtp_server = [2001:db8::1]:25\nsmtp_tls = none\n'],
  ])('mails by %s', (server, words) => {
    const mail = `notification_email {\na@x.test\nb@x.test\n}\nnotification_email_from c@x.test\nsmtp_server ${server}`;
    const imported = fromKeepalived(`global_defs {\n${mail}\n}\n${service('real_server 10.0.0.1 80 {\n}')}`);
    expect(errorsOf(imported)).toEqual([]);
    expect(imported.text).toContain(`\nmail_to = "a@x.test, b@x.test"\nmail_from = c@x.test\n${words}`);
  });

  it.each([
    ['notification_email {\na@x.test\n}', 3],
    ['notification_email {\nnobody\n}\nsmtp_server 127.0.0.1', 4],
    ['notification_email {\na@x.test\n}\nsmtp_server "a b"', 5],
  ])('writes no mail for %j', (words, _line) => {
    const imported = fromKeepalived(`global_defs {\n${words}\n}\n${service('real_server 10.0.0.1 80 {\n}')}`);
    expect(errorsOf(imported)).toEqual([]);
    expect(imported.text).not.toMatch(/mail|smtp/);
    expect(imported.notes.length).toBeGreaterThan(0);
  });

  it.each([
    ['nopreempt', '\nfailback = none\n'],
    ['preempt_delay 120', '\nfailback_hold = 120\n'],
  ])('%s', (word, line) => {
    expect(fromKeepalived(`vrrp_instance a {\ninterface eth0\n${word}\n}\n`).text).toContain(line);
  });
});

describe('addresses', () => {
  const instance = (name: string, device: string, entries: string) =>
    `vrrp_instance ${name} {\nstate MASTER\ninterface ${device}\nvirtual_ipaddress {\n${entries}\n}\n}\n`;

  it('takes an inside address for the router of servers under NAT', () => {
    const text = `${instance('a', 'eth0', '10.0.0.9')}${instance('b', 'eth1', '192.168.0.1')}`;
    const imported = fromKeepalived(text + service('lb_kind NAT\nreal_server 192.168.0.5 80 {\n}'));
    expect(imported.text).toContain('nat_router = 192.168.0.1 eth1:1');
  });

  it('keeps an address that no service has in a block that holds nothing', () => {
    const imported = fromKeepalived(
      instance('a', 'eth0', '10.0.0.9\n10.0.0.8') + service('real_server 10.0.0.1 80 {\n}'),
    );
    expect(imported.text).toContain('virtual unused_10.0.0.8 {\n     active = 0\n');
    expect(imported.notes).toContainEqual(
      expect.objectContaining({ line: 0, text: 'virtual address 10.0.0.8' }),
    );
  });

  it('gives a mark the address that no other service has', () => {
    const mark = service('real_server 10.0.0.1 80 {\n}', 'virtual_server fwmark 4').replace(
      'protocol TCP\n',
      '',
    );
    const imported = fromKeepalived(instance('a', 'eth0', '10.0.0.9') + mark);
    expect(imported.text).toContain('address = 10.0.0.9 eth0:1\n     fwmark = 4\n');
  });

  it('knows the directors of a pair that speaks from address to address', () => {
    const words = 'unicast_src_ip 10.0.0.2\nunicast_peer {\n10.0.0.1\n}';
    const text = instance('a', 'eth0', '10.0.0.9').replace('MASTER', `BACKUP\n${words}`);
    const imported = fromKeepalived(text, {});
    expect(imported.text).toContain('primary = 10.0.0.1\nbackup = 10.0.0.2\nbackup_active = 1\n');
  });

  it.each([
    ['1', 'keepalive = 1\ndeadtime = 4\n'],
    ['0.1', 'keepalive = 0.1\ndeadtime = 0.4\n'],
    ['5', 'keepalive = 5\ndeadtime = 16\n'],
  ])('hears of a death as late as with advert_int %s', (interval, lines) => {
    const text = instance('a', 'eth0', '10.0.0.9').replace('state', `advert_int ${interval}\nstate`);
    expect(fromKeepalived(text).text).toContain(lines);
  });

  it('gives labels that fit into a device name', () => {
    const imported = fromKeepalived(
      instance('a', 'a-long-device-0', '10.0.0.9') + service('real_server 10.0.0.1 80 {\n}'),
    );
    expect(imported.text).toContain('address = 10.0.0.9 a-long-device-0\n');
  });
});

describe('the sync daemon', () => {
  it.each([
    ['global_defs {\nlvs_sync_daemon eth1 a id 7\n}\n', 'syncd_iface = eth1\nsyncd_id = 7\n'],
    ['vrrp_instance a {\nlvs_sync_daemon_interface eth2\n}\n', 'syncd_iface = eth2\n'],
  ])('%j', (text, lines) => {
    const imported = fromKeepalived(text + service('real_server 10.0.0.1 80 {\n}'));
    expect(imported.text).toContain(`failover_state = sync\n${lines}`);
    expect(imported.notes).toEqual([]);
  });
});

describe('what could not start', () => {
  it('leaves the sync daemon out beside tunnels to another family', () => {
    const sync = 'global_defs {\nlvs_sync_daemon eth1\n}\n';
    const imported = fromKeepalived(sync + service('lb_kind TUN\nreal_server 2001:db8::1 80 {\n}'));
    expect(errorsOf(imported)).toEqual([]);
    expect(imported.text).not.toContain('failover_state');
    expect(imported.notes).toContainEqual(expect.objectContaining({ text: 'sync daemon' }));
  });

  it('writes a block to be filled in where there is no service', () => {
    const imported = fromKeepalived('');
    expect(errorsOf(imported)).toEqual([]);
    expect(imported.text).toContain('virtual to_be_filled_in {');
  });
});
