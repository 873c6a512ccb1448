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

const CHECKS: readonly (readonly Variant[])[] = [
  [],
  block(line('TCP_CHECK', 'PING_CHECK'), [line('connect_timeout 3', 'connect_timeout 30')], BRACES),
  block(
    line('HTTP_GET', 'SSL_GET'),
    block(
      line('url', 'vrl'),
      [line('path /a', 'path /b'), line('status_code 200', 'status_code 200-299')],
      BRACES,
    ),
    BRACES,
  ),
  block(line('MISC_CHECK', 'BFD_CHECK'), [line('misc_path /bin/look', 'misc_path /bin/see')], BRACES),
  block(line('SMTP_CHECK', 'DNS_CHECK'), [line('helo_name a', 'helo_name b')], BRACES),
];

const serverLines = [
  line('uthreshold 100', 'uthreshold 200'),
  line('lvs_method DR', 'lvs_method TUN'),
  line('notify_up /bin/a', 'notify_up /bin/b'),
  line('retry 3', 'retry 4'),
  line('odd_word 1', 'odd_word 2'),
];

function keepalivedServer(number: number): fc.Arbitrary<readonly Variant[]> {
  const address = `10.9.0.${number}`;
  return fc.tuple(some(serverLines), fc.constantFrom(...CHECKS)).map(([lines, check]) => {
    const head = line(`real_server ${address} 80`, `real_server 10.9.1.${number} 80`);
    return block(head, [line('weight 3', 'weight 4'), ...lines, ...check], BRACES);
  });
}

const serviceLines = [
  line('delay_loop 6', 'delay_loop 7'),
  line('lb_algo wrr', 'lb_algo lc'),
  line('persistence_timeout 60', 'persistence_timeout 90'),
  line('quorum 2', 'quorum 3'),
  line('sorry_server 10.9.2.1 80', 'sorry_server 10.9.2.2 80'),
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
  line('notify /bin/a', 'notify /bin/b'),
  ...block(line('authentication', 'avthentication'), [line('auth_type PASS', 'auth_type AH')], BRACES),
];

const instance = fc.constant(
  block(
    line('vrrp_instance a', 'vrrp_thing a'),
    [line('interface eth1', 'interface eth2'), ...instanceLines].concat(
      block(line('virtual_ipaddress', 'virtval_ipaddress'), [line('10.1.0.1', '10.1.0.99')], BRACES),
    ),
    BRACES,
  ),
);

/** A keepalived.conf without mistakes. */
export const keepalivedSources: fc.Arbitrary<readonly Variant[]> = fc
  .tuple(instance, keepalivedService(1), keepalivedService(2))
  .map((parts) => parts.flat());

const firstReal = line('real=10.9.0.1:80 gate 2', 'real=10.9.0.1:80 gate 3');
const realLines: readonly Variant[] = [
  line('real=10.9.0.2:80 ipip', 'real=10.9.0.2:80 gate'),
  line('real=10.9.0.3->10.9.0.5:80 gate', 'real=10.9.0.3->10.9.0.6:80 gate'),
];

const virtualLines = [
  line('scheduler=rr', 'scheduler=lc'),
  line('persistent=60', 'persistent=61'),
  line('checktype=negotiate', 'checktype=connect'),
  line('request="/a"', 'request="/b"'),
  line('receive="one"', 'receive="two"'),
  line('virtualhost=a.test', 'virtualhost=b.test'),
  line('quiescent=yes', 'quiescent=no'),
  line('fallback=127.0.0.1:80', 'fallback=127.0.0.2:80'),
  line('emailalert="a@b.test"', 'emailalert="c@b.test"'),
  line('failurecount=2', 'failurecount=3'),
  line('odd=1', 'odd=2'),
];

function ldirectordVirtual(number: number): fc.Arbitrary<readonly Variant[]> {
  return fc.tuple(some(realLines), some(virtualLines)).map(([reals, lines]) => {
    const head = line(`virtual=10.1.0.${number}:80`, `virtual=10.1.1.${number}:80`);
    return block(head, [firstReal, ...reals, ...lines], { open: '', close: [], indentation: '    ' });
  });
}

/** An ldirectord.cf without mistakes. */
export const ldirectordSources: fc.Arbitrary<readonly Variant[]> = fc
  .tuple(
    some([
      line('checkinterval=4', 'checkinterval=5'),
      line('callback="/bin/a"', 'callback="/bin/b"'),
      line('maintenancedir=/a', 'maintenancedir=/b'),
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
