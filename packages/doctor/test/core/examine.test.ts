import { describe, expect, it } from 'vitest';
import { examine } from '../../src/core/examine.js';
import type { Facts } from '../../src/core/facts.js';
import { readIptablesSave, readNftRuleset } from '../../src/core/firewall.js';
import { configurationWith, healthy, server } from './facts.js';

const NAT = configurationWith(server('forward = nat'));
const MARKED = configurationWith(`fwmark = 7\n${server()}`);
const TUNNEL = configurationWith(server('forward = tunnel'));
const FTP = configurationWith(`port = 21\n${server('forward = nat')}`);
const FORWARDS = new Map([['net.ipv4.ip_forward', '1']]);
const sysctls = (name: string, value: string) => new Map([[name, value]]);
const link = { name: 'eth0', isUp: true, hasCarrier: true, mtuBytes: 1500 };
const MAC = '02:00:00:00:00:11';
const PATH = {
  server: 'one',
  serverAddress: '10.0.0.11',
  mac: MAC,
  targetAddress: '10.0.0.100',
  port: 80,
  isAnswered: false,
  answersForItself: true,
};
const claim = { address: '10.0.0.100', mac: MAC, device: 'eth0' };
const status = (silentMs: number) =>
  ({
    active: true,
    partner: 'running',
    keepaliveMs: 1_000,
    paths: [{ name: 'public', local: '10.0.0.2', partner: '10.0.0.3', sent: 9, received: 9, silentMs }],
  }) as unknown as NonNullable<Facts['pulse']>;

/** Each trap with a change that steps into it, and the same with the remedy. */
const TRAPS: readonly (readonly [code: string, wrong: Partial<Facts>, right: Partial<Facts>])[] = [
  ['DOCTOR_NO_PRIVILEGE', { isRoot: false }, { isRoot: true }],
  ['DOCTOR_NO_IPVS', { ipvsProblem: { text: 'no IPVS', remedy: 'modprobe ip_vs' } }, {}],
  [
    'DOCTOR_NO_FORWARD',
    { configuration: NAT, sysctls: sysctls('net.ipv4.ip_forward', '0') },
    { configuration: NAT, sysctls: sysctls('net.ipv4.ip_forward', '1') },
  ],
  [
    'DOCTOR_FTP_HELPER',
    { configuration: FTP, sysctls: FORWARDS },
    { configuration: FTP, sysctls: FORWARDS, hasFtpHelper: true },
  ],
  [
    'DOCTOR_RP_FILTER',
    { sysctls: sysctls('net.ipv4.conf.eth0.rp_filter', '1'), routes: new Map([['default', 'eth1']]) },
    { sysctls: sysctls('net.ipv4.conf.eth0.rp_filter', '2'), routes: new Map([['default', 'eth1']]) },
  ],
  [
    'DOCTOR_IPVS_SETTINGS',
    {
      configuration: configurationWith(server(), 'manage_sysctls = 0'),
      sysctls: sysctls('net.ipv4.vs.expire_nodest_conn', '0'),
    },
    {
      configuration: configurationWith(server(), 'manage_sysctls = 0'),
      sysctls: sysctls('net.ipv4.vs.expire_nodest_conn', '1'),
    },
  ],
  [
    'DOCTOR_CONN_REUSE',
    { kernelRelease: '4.18.0-553.el8', sysctls: sysctls('net.ipv4.vs.conn_reuse_mode', '1') },
    { kernelRelease: '4.18.0-553.el8', sysctls: sysctls('net.ipv4.vs.conn_reuse_mode', '0') },
  ],
  [
    'DOCTOR_VIP_ANSWERED',
    { holders: [{ ...claim, owner: 'one' }] },
    // A standby's partner holds them by right.
    { holders: [{ ...claim, owner: 'the partner' }] },
  ],
  ...(['direct', 'nat'] as const).flatMap((kind): typeof TRAPS => {
    const code = kind === 'direct' ? 'DOCTOR_VIP_NOT_TAKEN' : 'DOCTOR_NAT_GATEWAY';
    const path = { ...PATH, kind };
    return [
      [code, { paths: [path] }, { paths: [{ ...path, isAnswered: true }] }],
      // What is down anyway proves nothing.
      [code, { paths: [path] }, { paths: [{ ...path, answersForItself: false }] }],
    ];
  }),
  ['DOCTOR_DEVICE', { links: [] }, { links: [link] }],
  ['DOCTOR_DEVICE', { links: [{ ...link, hasCarrier: false }] }, { links: [link] }],
  [
    'DOCTOR_NO_ROUTE',
    { routes: new Map([['10.0.0.11', undefined]]) },
    { routes: new Map([['10.0.0.11', 'eth0']]) },
  ],
  [
    'DOCTOR_REAL_PORT',
    { configuration: configurationWith(server('port = 8080')) },
    { configuration: configurationWith(server('port = 8080\nforward = nat')), sysctls: FORWARDS },
  ],
  [
    'DOCTOR_TUNNEL_MTU',
    { configuration: TUNNEL },
    { configuration: TUNNEL, links: [{ ...link, mtuBytes: 1520 }] },
  ],
  [
    'DOCTOR_MARK_UNSET',
    { configuration: MARKED },
    {
      configuration: MARKED,
      firewall: readIptablesSave(
        '*mangle\n-A PREROUTING -d 10.0.0.100/32 -j MARK --set-xmark 0x7/0xffffffff\n',
      ),
    },
  ],
  [
    'DOCTOR_MARK_UNSET',
    {
      configuration: MARKED,
      firewall: readNftRuleset('table ip a {\nchain b {\nmeta mark set 0x00000008\n'),
    },
    {
      configuration: MARKED,
      firewall: readNftRuleset('table ip a {\nchain b {\nmeta mark set 0x00000007\n'),
    },
  ],
  [
    'DOCTOR_FIREWALL_INVALID',
    { firewall: readIptablesSave('*filter\n-A INPUT -m conntrack --ctstate INVALID -j DROP\n') },
    {
      firewall: readIptablesSave('*filter\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n'),
    },
  ],
  [
    'DOCTOR_FIREWALL_INVALID',
    {
      firewall: readNftRuleset(
        'table inet f {\nchain in {\ntype filter hook input priority filter; policy accept;\nct state invalid drop\n}\n}\n',
      ),
    },
    { firewall: readNftRuleset('table inet f {\nchain in {\nct state established accept\n}\n}\n') },
  ],
  [
    'DOCTOR_FIREWALL_BEATS',
    { firewall: readIptablesSave('*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 80 -j ACCEPT\n') },
    {
      firewall: readIptablesSave(
        '*filter\n:INPUT DROP [0:0]\n-A INPUT -p udp -m udp --dport 539 -j ACCEPT\n',
      ),
    },
  ],
  [
    'DOCTOR_FIREWALL_BEATS',
    {
      firewall: readNftRuleset(
        'table inet f {\nchain in {\ntype filter hook input priority filter; policy drop;\ntcp dport 80 accept\n}\n}\n',
      ),
    },
    {
      firewall: readNftRuleset(
        'table inet f {\nchain in {\ntype filter hook input priority filter; policy drop;\nudp dport 539 accept\n}\n}\n',
      ),
    },
  ],
  ['DOCTOR_LOAD', { load: 4.1 }, { load: 4 }],
  ['DOCTOR_BEATS_LATE', { pulse: status(2_001) }, { pulse: status(2_000) }],
  [
    'DOCTOR_TABLE',
    { lvsd: { problems: ['an entry is refused'] } as unknown as NonNullable<Facts['lvsd']> },
    { lvsd: { problems: [] } as unknown as NonNullable<Facts['lvsd']> },
  ],
];

const codes = (change: Partial<Facts>) => examine(healthy(change)).map(({ code }) => code);

describe('the doctor', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(examine(healthy())).toEqual([]);
  });

  it.each(TRAPS)('finds %s alone, and nothing after the remedy', (code, wrong, right) => {
    expect(codes(wrong)).toEqual([code]);
    expect(codes(right)).toEqual([]);
  });

  it('tells what was seen and what helps, errors first', () => {
    const found = examine(healthy({ load: 9, holders: [{ ...claim, owner: 'one' }], isRoot: false }));
    expect(found.map(({ severity }) => severity)).toEqual(['error', 'error', 'warning']);
    expect(found[1]).toMatchObject({
      code: 'DOCTOR_VIP_ANSWERED',
      evidence: '02:00:00:00:00:11 on eth0 (one) says that it has 10.0.0.100',
      remedy: expect.stringContaining('arp_ignore'),
    });
  });

  it('stays silent about what could not be looked at', () => {
    const blind = {
      links: undefined,
      firewall: undefined,
      holders: undefined,
      paths: undefined,
      configuration: MARKED,
    };
    expect(codes({ ...blind, sysctls: new Map(), routes: new Map() })).toEqual([]);
  });

  it('blames a partner that holds a VIP only beside an active node', () => {
    const holders = [{ ...claim, owner: 'the partner' }];
    expect(codes({ holders, pulse: status(0) })).toEqual(['DOCTOR_VIP_ANSWERED']);
  });
});
