import fc from 'fast-check';

/** A line with another one that means something else: the result must tell them apart. */
export interface Variant {
  readonly line: string;
  readonly other: string;
}

function line(text: string, other: string): Variant {
  return { line: text, other };
}

/** Any of the lines, each at most once, in any order. */
function some(lines: readonly Variant[]): fc.Arbitrary<readonly Variant[]> {
  return fc.shuffledSubarray([...lines]);
}

function block(
  head: Variant,
  inner: readonly Variant[],
  form: { readonly open: string; readonly close: readonly Variant[]; readonly indentation: string },
): readonly Variant[] {
  const indented = inner.map((one) => line(form.indentation + one.line, form.indentation + one.other));
  return [line(head.line + form.open, head.other + form.open), ...indented, ...form.close];
}

const BRACES = { open: ' {', close: [line('}', '} odd')], indentation: '    ' };

/** What stands in any check. */
const COMMON_LINES = [
  line('connect_timeout 3', 'connect_timeout 30'),
  line('connect_ip 10.9.7.1', 'connect_ip 10.9.7.2'),
  line('connect_port 81', 'connect_port 82'),
  line('retry 2', 'retry 5'),
  line('delay_before_retry 4', 'delay_before_retry 5'),
  line('delay_loop 8', 'delay_loop 9'),
  line('warmup 1', 'warmup 2'),
  line('alpha', 'alpha off'),
  line('bindto 10.9.8.1', 'bindto 10.9.8.2'),
];

const PAGE = block(
  line('url', 'vrl'),
  [
    line('path /a', 'path /b'),
    line('status_code 200', 'status_code 200-299'),
    line('digest 0123456789abcdef0123456789abcdef', 'digest 0123456789abcdef0123456789abcdee'),
    line('regex up', 'regex well'),
    line('virtualhost p.test', 'virtualhost q.test'),
  ],
  BRACES,
);

const CHECKS: readonly (readonly [head: Variant, lines: readonly Variant[]])[] = [
  [line('TCP_CHECK', 'PING_CHECK'), COMMON_LINES],
  [
    line('HTTP_GET', 'SSL_GET'),
    [
      ...PAGE,
      ...block(line('url', 'vrl'), [line('path /c', 'path /d')], BRACES),
      line('http_protocol 1.1', 'http_protocol 1.0'),
      ...COMMON_LINES,
    ],
  ],
  [
    line('SSL_GET', 'HTTP_GET'),
    [
      ...block(
        line('url', 'vrl'),
        [line('regex up', 'regex well'), line('regex_options caseless', 'regex_options utf')],
        BRACES,
      ),
      line('sni_name a.test', 'sni_name b.test'),
    ],
  ],
  [
    line('MISC_CHECK', 'BFD_CHECK'),
    [
      line('misc_path /bin/look', 'misc_path /bin/see'),
      line('misc_timeout 4', 'misc_timeout 40'),
      line('misc_dynamic', 'misc_dynamic off'),
      line('user nobody', 'user somebody'),
    ],
  ],
  [
    line('SMTP_CHECK', 'DNS_CHECK'),
    [
      line('helo_name a', 'helo_name b'),
      ...block(line('host', 'hosts'), [line('connect_ip 10.9.7.3', 'connect_ip 10.9.7.4')], BRACES),
    ],
  ],
  [line('DNS_CHECK', 'SMTP_CHECK'), [line('type A', 'type AAAA'), line('name a.test', 'name b.test')]],
  [
    line('UDP_CHECK', 'TCP_CHECK'),
    [
      line('payload 00ff', 'payload 00fe'),
      line('require_reply 01xx', 'require_reply 02xx'),
      line('min_reply_length 2', 'min_reply_length 3'),
      line('max_reply_length 8', 'max_reply_length 9'),
    ],
  ],
  [line('FILE_CHECK', 'BFD_CHECK'), [line('track_file a', 'track_file b')]],
];

/** None, one or two checks; of their inner blocks every line stays. */
const someChecks: fc.Arbitrary<readonly Variant[]> = fc
  .shuffledSubarray([...CHECKS], { maxLength: 2 })
  .map((checks) => checks.flatMap(([head, lines]) => block(head, lines, BRACES)));

const serverLines = [
  line('uthreshold 100', 'uthreshold 200'),
  line('lthreshold 10', 'lthreshold 20'),
  line('lvs_method DR', 'lvs_method TUN'),
  line('inhibit_on_failure', 'inhibit_on_failures'),
  line('notify_up /bin/a', 'notify_up /bin/b'),
  line('virtualhost s.test', 'virtualhost t.test'),
  line('retry 3', 'retry 4'),
  line('delay_before_retry 6', 'delay_before_retry 7'),
  line('delay_loop 11', 'delay_loop 12'),
  line('odd_word 1', 'odd_word 2'),
];

function keepalivedServer(number: number): fc.Arbitrary<readonly Variant[]> {
  const address = `10.9.0.${number}`;
  return fc.tuple(some(serverLines), someChecks).map(([lines, checks]) => {
    const head = line(`real_server ${address} 80`, `real_server 10.9.1.${number} 80`);
    return block(head, [line('weight 3', 'weight 4'), ...lines, ...checks], BRACES);
  });
}

const serviceLines = [
  line('delay_loop 6', 'delay_loop 7'),
  line('connect_timeout 2', 'connect_timeout 1'),
  line('retry 7', 'retry 8'),
  line('delay_before_retry 0', 'delay_before_retry 0.5'),
  line('warmup 5', 'warmup 6'),
  line('alpha', 'alpha off'),
  line('lb_algo sh', 'lb_algo lc'),
  line('sh-port', 'sh-fallback'),
  line('ops', 'ops on'),
  line('persistence_timeout 60', 'persistence_timeout 90'),
  line('persistence_granularity 255.255.255.0', 'persistence_granularity 255.255.0.0'),
  line('quorum 2', 'quorum 3'),
  line('hysteresis 1', 'hysteresis 4'),
  line('quorum_up /bin/a', 'quorum_up /bin/b'),
  line('quorum_down "/bin/a b"', 'quorum_down "/bin/a c"'),
  line('sorry_server 10.9.2.1 80', 'sorry_server 10.9.2.2 80'),
  line('sorry_server_lvs_method DR', 'sorry_server_lvs_method NAT'),
  line('virtualhost v.test', 'virtualhost w.test'),
  line('inhibit_on_failure', 'inhibit_on_failures'),
  line('ha_suspend', 'ha_suspended'),
];

function keepalivedService(number: number): fc.Arbitrary<readonly Variant[]> {
  const servers = fc.tuple(keepalivedServer(1), keepalivedServer(2));
  return fc.tuple(some(serviceLines), servers).map(([lines, [first, second]]) => {
    const head = line(`virtual_server 10.1.0.${number} 80`, `virtual_server 10.1.1.${number} 80`);
    const inner = [line('lb_kind DR', 'lb_kind TUN'), line('protocol TCP', 'protocol SCTP')];
    return block(head, [...inner, ...lines, ...first, ...second], BRACES);
  });
}

const instanceLines = [
  line('virtual_router_id 5', 'virtual_router_id 6'),
  line('priority 100', 'priority 101'),
  line('advert_int 2', 'advert_int 3'),
  line('unicast_src_ip 10.9.5.1', 'unicast_src_ip 10.9.5.2'),
  line('nopreempt', 'nopreempts'),
  line('preempt_delay 5', 'preempt_delay 6'),
  line('notify /bin/a', 'notify /bin/b'),
  line('notify_master "/bin/a -m"', 'notify_master "/bin/a -n"'),
  line('notify_backup /bin/a', 'notify_backup /bin/b'),
  line('notify_fault /bin/a', 'notify_fault /bin/b'),
  line('lvs_sync_daemon_interface eth3', 'lvs_sync_daemon_interface eth4'),
];

const INSTANCE_BLOCKS = [
  ...block(line('authentication', 'avthentication'), [line('auth_type PASS', 'auth_type AH')], BRACES),
  ...block(line('track_interface', 'track_interfaces'), [line('eth5', 'eth6')], BRACES),
  ...block(line('unicast_peer', 'unicast_peers'), [line('10.9.5.3', '10.9.5.4')], BRACES),
  ...block(line('virtual_ipaddress', 'virtval_ipaddress'), [line('10.1.0.1', '10.1.0.99')], BRACES),
];

const instance = some(instanceLines).map((lines) =>
  block(
    line('vrrp_instance a', 'vrrp_thing a'),
    [line('interface eth1', 'interface eth2'), ...lines, ...INSTANCE_BLOCKS],
    BRACES,
  ),
);

const globalLines = [
  line('notification_email_from a@x.test', 'notification_email_from b@x.test'),
  line('smtp_server 192.0.2.25', 'smtp_server 192.0.2.26'),
  line('smtp_connect_timeout 30', 'smtp_connect_timeout 31'),
  line('script_user nobody', 'script_user somebody'),
  line('lvs_timeouts tcp 7200', 'lvs_timeouts udp 7200'),
  line('lvs_sync_daemon eth1 a id 3', 'lvs_sync_daemon eth1 a id 4'),
  line('router_id a', 'router_id b'),
];
const MAIL_BLOCK = block(
  line('notification_email', 'notification_emails'),
  [line('ops@x.test', 'night@x.test')],
  BRACES,
);
const globals = some(globalLines).map((lines) =>
  block(line('global_defs', 'global_definitions'), [...MAIL_BLOCK, ...lines], BRACES),
);

/** A service beside the other one, so that there are two. */
const plainService = fc.constant(
  block(
    line('virtual_server 10.1.0.2 80', 'virtual_server 10.1.1.2 80'),
    [
      line('lb_kind NAT', 'lb_kind TUN'),
      line('protocol TCP', 'protocol SCTP'),
      ...block(
        line('real_server 10.9.0.7 80', 'real_server 10.9.0.8 80'),
        [line('weight 1', 'weight 2')],
        BRACES,
      ),
    ],
    BRACES,
  ),
);

/** A keepalived.conf without mistakes. */
export const keepalivedSources: fc.Arbitrary<readonly Variant[]> = fc
  .tuple(globals, instance, keepalivedService(1), plainService)
  .map((parts) => parts.flat());

const firstReal = line('real=10.9.0.1:80 gate 2', 'real=10.9.0.1:80 gate 3');
const realLines: readonly Variant[] = [
  line('real=10.9.0.2:80 ipip', 'real=10.9.0.2:80 gate'),
  line('real=10.9.0.3->10.9.0.5:80 gate', 'real=10.9.0.3->10.9.0.6:80 gate'),
];

/** One of these says how servers are checked, with words for it. */
const QUESTIONS: readonly (readonly Variant[])[] = [
  [line('checktype=connect', 'checktype=ping'), line('checkport=81', 'checkport=82')],
  [
    line('checktype=external', 'checktype=external-perl'),
    line('checkcommand=/bin/look', 'checkcommand=/bin/see'),
  ],
  [
    line('service=https', 'service=http'),
    line('request="/a"', 'request="/b"'),
    line('httpmethod=HEAD', 'httpmethod=GET'),
  ],
  [
    line('service=dns', 'service=ldap'),
    line('request="a.test"', 'request="b.test"'),
    line('receive="10.0.0.1"', 'receive="10.0.0.2"'),
  ],
  [
    line('service=simpletcp', 'service=nntp'),
    line('request="one"', 'request="two"'),
    line('receive="up"', 'receive="on"'),
  ],
  [
    line('service=pgsql', 'service=mysql'),
    line('database="a"', 'database="b"'),
    line('passwd="a"', 'pass_word="a"'),
  ],
  [line('service=sip', 'service=smtp')],
  [
    line('checktype=negotiate', 'checktype=connect'),
    line('request="/a"', 'request="/b"'),
    line('receive="one"', 'receive="two"'),
    line('virtualhost=a.test', 'virtualhost=b.test'),
  ],
];

const virtualLines = [
  line('scheduler=rr', 'scheduler=lc'),
  line('schedflags=flag-1', 'schedflags=flag-2'),
  line('persistent=60', 'persistent=61'),
  line('netmask=255.255.255.0', 'netmask=255.255.0.0'),
  line('quiescent=yes', 'quiescent=no'),
  line('fallback=127.0.0.1:80', 'fallback=127.0.0.2:80'),
  line('fallbackcommand=/bin/a', 'fallbackcommand=/bin/b'),
  line('emailalert="a@b.test"', 'emailalert="c@b.test"'),
  line('failurecount=2', 'failurecount=3'),
  line('checkinterval=7', 'checkinterval=8'),
  line('checktimeout=3', 'checktimeout=4'),
  line('negotiatetimeout=5', 'negotiatetimeout=6'),
  line('servicename=one', 'servicename=two'),
  line('monitorfile=/a', 'monitorfile=/b'),
  line('odd=1', 'odd=2'),
];

function ldirectordVirtual(number: number): fc.Arbitrary<readonly Variant[]> {
  const parts = fc.tuple(some(realLines), some(virtualLines), fc.constantFrom(...QUESTIONS));
  return parts.map(([reals, lines, question]) => {
    const head = line(`virtual=10.1.0.${number}:80`, `virtual=10.1.1.${number}:80`);
    return block(head, [firstReal, ...reals, ...lines, ...question], {
      open: '',
      close: [],
      indentation: '    ',
    });
  });
}

/** An ldirectord.cf without mistakes. */
export const ldirectordSources: fc.Arbitrary<readonly Variant[]> = fc
  .tuple(
    some([
      line('checkinterval=4', 'checkinterval=5'),
      line('callback="/bin/a"', 'callback="/bin/b"'),
      line('maintenancedir=/a', 'maintenancedir=/b'),
      line('checktimeout=13', 'checktimeout=14'),
      line('negotiatetimeout=15', 'negotiatetimeout=16'),
      line('failurecount=5', 'failurecount=6'),
      line('fallback=127.0.0.3:80', 'fallback=127.0.0.4:80'),
      line('emailalert="d@b.test"', 'emailalert="e@b.test"'),
      line('emailalertfrom=f@b.test', 'emailalertfrom=g@b.test'),
      line('smtp=192.0.2.25', 'smtp=192.0.2.26'),
      line('fork=yes', 'fork=no'),
      line('quiescent=yes', 'quiescent=no'),
    ]),
    ldirectordVirtual(1),
    ldirectordVirtual(2),
  )
  .map((parts) => parts.flat());

const WORDS = [
  ...[
    'virtual_server',
    'real_server',
    'vrrp_instance',
    'virtual_ipaddress',
    'TCP_CHECK',
    'HTTP_GET',
    'url',
    'path',
  ],
  ...[
    'group',
    'fwmark',
    'virtual_server_group',
    'delay_loop',
    'lb_algo',
    'lb_kind',
    'weight',
    'protocol',
    'TCP',
    'UDP',
  ],
  ...[
    'virtual',
    'virtual6',
    'real',
    'real6',
    'checktype',
    'service',
    'request',
    'fallback',
    'persistent',
    'netmask',
  ],
  ...[
    '10.0.0.1',
    '10.0.0.2-9',
    '2001:db8::1',
    '[2001:db8::2]:80',
    '80',
    '0',
    '7',
    '-1',
    '1.5',
    'DR',
    'TUN',
    'gate',
    'masq',
  ],
  ...[
    '{',
    '}',
    '80{',
    '=',
    ':',
    '->',
    '"',
    "'",
    '"/a b"',
    '$X',
    '\u0024{X}',
    '$X=10.0.0.3',
    '~SEQ(N,1,3)',
    '~LST(N,a,b)',
  ],
  ...[
    'include',
    '@a',
    '\\',
    '#',
    '!',
    '::',
    '%h',
    '/',
    'eth0',
    'node',
    'keepalive',
    'deadtime',
    '2',
    'ldirectord::x',
  ],
  ...[
    'IPaddr::10.0.0.9/24/eth0',
    'ucast',
    'lvs_sync_daemon',
    'inet6',
    'sorry_server',
    'alpha',
    'ops',
    'yes',
    'no',
    '\u0000',
    'ü',
  ],
];

const separators = fc.constantFrom(' ', ' ', ' ', '\n', '\n    ', '\n\t', '=', '\r\n');

/** Words of all formats in any order: hardly ever a configuration. */
export const wordSalad: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), separators), { maxLength: 120 })
  .map((parts) => parts.map(([word, separator]) => word + separator).join(''));

export function textOf(variants: readonly Variant[]): string {
  return `${variants.map((one) => one.line).join('\n')}\n`;
}
