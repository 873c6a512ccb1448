import { describe, expect, it } from 'vitest';
import { statusPattern } from '../../../src/core/keepalived/http-check.js';
import { errorsOf, fromKeepalived, reasonsOf } from '../../support/import.js';

function service(lines: string, header = 'virtual_server 10.0.0.9 80'): string {
  return `${header} {\nprotocol TCP\n${lines}\n}\n`;
}

describe('checks', () => {
  it('asks for the page of HTTP_GET and looks at its status', () => {
    const check = 'HTTP_GET {\nurl {\npath /up\nstatus_code 200 301-302\nvirtualhost a.test\n}\n}';
    const { text } = fromKeepalived(service(`delay_loop 6\nreal_server 10.0.0.1 80 {\n${check}\n}`));
    expect(text).toContain('send = "GET /up HTTP/1.0\\r\\nHost: a.test\\r\\n\\r\\n"');
    expect(text).toContain('expect = "^HTTP/1[.][01] (200|301|302)"');
    expect(text).toContain('use_regex = 1');
  });

  it.each([
    [[], '^HTTP/1[.][01] 2'],
    [['200-299'], '^HTTP/1[.][01] (2[0-9][0-9])'],
    [['200-399', '403'], '^HTTP/1[.][01] ([2-3][0-9][0-9]|403)'],
    [['20'], undefined],
    [['300-200'], undefined],
  ])('status codes %j', (words, pattern) => {
    expect(statusPattern(words)).toBe(pattern);
  });

  it('gives one program to servers whose commands differ in address and port alone', () => {
    const server = (number: number) =>
      `real_server 10.0.0.${number} 80 {\nMISC_CHECK {\nmisc_path "/bin/look 10.0.0.${number} 80 -v"\n}\n}`;
    const imported = fromKeepalived(service(`${server(1)}\n${server(2)}`));
    expect(imported.text).toContain('send_program = "/bin/look %h %p -v"');
    expect(imported.notes).toEqual([]);
  });

  it('tries a connection where a command cannot be said', () => {
    const check = `MISC_CHECK {\nmisc_path "/bin/sh -c 'look here'"\n}`;
    const imported = fromKeepalived(service(`real_server 10.0.0.1 80 {\n${check}\n}`));
    expect(imported.text).not.toContain('send_program');
    expect(reasonsOf(imported)).toEqual([expect.stringMatching(/^5: lvs.cf cannot hold this command/)]);
  });

  it('asks by no other protocol than that of the service', () => {
    const dns = 'real_server 10.0.0.1 53 {\nDNS_CHECK {\n}\n}';
    const pinged = fromKeepalived(service(dns));
    expect(pinged.text).toContain('send_program = "/bin/ping -n -c 1 %h"');
    const mark = fromKeepalived(service(dns, 'virtual_server fwmark 4'));
    expect(mark.text).toContain('protocol = udp');
    expect(reasonsOf(mark)).toContainEqual(
      expect.stringMatching(/^2: keepalived ignores the protocol of a mark/),
    );
  });

  it('names a virtualhost that nobody is asked for', () => {
    const check = 'real_server 10.0.0.1 443 {\nSSL_GET {\n}\n}';
    expect(reasonsOf(fromKeepalived(service(`virtualhost a.test\n${check}`)))).toContainEqual(
      '3: it has no use: no page is asked for',
    );
  });

  it('counts a server without a check as up for ever', () => {
    expect(fromKeepalived(service('real_server 10.0.0.1 80 {\n}')).text).toContain(
      'send_program = /bin/true',
    );
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
