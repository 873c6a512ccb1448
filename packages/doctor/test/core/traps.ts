import { SUITE_VERSION } from '@piranha/common';
import type { Facts } from '../../src/core/facts.js';
import { readIptablesSave } from '../../src/core/read-iptables.js';
import { readNftRuleset } from '../../src/core/read-nft.js';
import { configurationWith, server } from './facts.js';

const NAT = configurationWith(server('forward = nat'));
export const MARKED = configurationWith(`fwmark = 7\n${server()}`);
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
export const claim = { address: '10.0.0.100', mac: MAC, device: 'eth0' };
/** What pulse says of itself on a node that serves. */
export const status = (silentMs = 0) =>
  ({
    active: true,
    state: 'active',
    vips: ['10.0.0.100'],
    partner: 'stopped',
    keepaliveMs: 1_000,
    deadtimeMs: 6_000,
    sync: { goal: 'settled', master: true, backup: false, guardOn: false },
    paths: [{ name: 'public', local: '10.0.0.2', partner: '10.0.0.3', sent: 9, received: 9, silentMs }],
  }) as unknown as NonNullable<Facts['pulse']>;

const SYNC = configurationWith(server(), 'syncdaemon = 1');
const WITNESSED = configurationWith(
  server(),
  'witness = gateway 10.0.0.254\nwitness_interval = 0.5\nwitness_policy = require',
);
const PARTNER_MACHINE = {
  host: 'director2',
  path: '/etc/sysconfig/ha/lvs.cf',
  difference: undefined,
  version: SUITE_VERSION,
  problems: [],
};
const NO_IPVS = { text: 'no IPVS', remedy: 'modprobe ip_vs' };
const CLOCK = { isSynchronised: true, steppedMs: 0, partnerAheadMs: 0 };
const DROP_INVALID = '-m conntrack --ctstate INVALID -j DROP';
const TWO_ADDRESSES = ['10.0.0.2', '10.0.0.5'].map((address, index) => ({
  address,
  family: 4 as const,
  prefixLength: 24,
  device: 'eth0',
  isSecondary: index > 0,
}));
const INPUT = (...rules: readonly string[]) =>
  readIptablesSave(`*filter\n:INPUT ACCEPT [0:0]\n${rules.map((rule) => `-A INPUT ${rule}\n`).join('')}`);

/** Each trap with a change that steps into it, and the same with the remedy. */
export const TRAPS: readonly (readonly [code: string, wrong: Partial<Facts>, right: Partial<Facts>])[] = [
  ['DOCTOR_NO_PRIVILEGE', { missingPrivileges: ['CAP_NET_RAW'] }, {}],
  ['DOCTOR_NO_IPVS', { ipvsProblem: { ...NO_IPVS, code: 'IPVS_NO_MODULE' } }, {}],
  ['DOCTOR_NO_IPVSADM', { ipvsProblem: { ...NO_IPVS, code: 'IPVSADM_MISSING' } }, {}],
  ['DOCTOR_NO_SCHEDULER', { missingSchedulers: ['rr'] }, {}],
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
    'DOCTOR_CONN_REUSE',
    { kernelRelease: '6.1.0', sysctls: sysctls('net.ipv4.vs.conn_reuse_mode', '0') },
    { kernelRelease: '6.1.0', sysctls: sysctls('net.ipv4.vs.conn_reuse_mode', '1') },
  ],
  [
    'DOCTOR_PROMOTION',
    { addresses: TWO_ADDRESSES },
    { addresses: TWO_ADDRESSES, sysctls: sysctls('net.ipv4.conf.all.promote_secondaries', '1') },
  ],
  [
    'DOCTOR_BACKUP_ONLY',
    { pulse: status(), sysctls: sysctls('net.ipv4.vs.backup_only', '1') },
    {
      pulse: { ...status(), active: false, state: 'standby', partner: 'running' },
      sysctls: sysctls('net.ipv4.vs.backup_only', '1'),
    },
  ],
  [
    'DOCTOR_SYNC_DAEMON',
    { configuration: SYNC, pulse: status(), syncDaemons: [{ side: 'backup', device: 'eth0', syncId: 0 }] },
    { configuration: SYNC, pulse: status(), syncDaemons: [{ side: 'master', device: 'eth0', syncId: 0 }] },
  ],
  [
    'DOCTOR_SYNC_DAEMON',
    { configuration: SYNC, pulse: status(), syncDaemons: [{ side: 'master', device: 'eth0', syncId: 9 }] },
    { configuration: SYNC, syncDaemons: [] },
  ],
  [
    'DOCTOR_VIP_DUPLICATE',
    { holders: [{ ...claim, owner: undefined }] },
    { holders: [{ ...claim, owner: 'the partner' }] },
  ],
  [
    'DOCTOR_VIP_ANSWERED',
    { holders: [{ ...claim, owner: 'one' }] },
    // A standby's partner holds them by right.
    { holders: [{ ...claim, owner: 'the partner' }] },
  ],
  ...(['direct', 'nat', 'tunnel'] as const).flatMap((kind): typeof TRAPS => {
    const code = { direct: 'DOCTOR_VIP_NOT_TAKEN', nat: 'DOCTOR_NAT_GATEWAY', tunnel: 'DOCTOR_TUNNEL_PATH' }[
      kind
    ];
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
    'DOCTOR_TUNNEL_MTU',
    { paths: [{ ...PATH, kind: 'tunnel', isAnswered: true, isFullAnswered: false }] },
    { paths: [{ ...PATH, kind: 'tunnel', isAnswered: true, isFullAnswered: true }] },
  ],
  [
    'DOCTOR_MARK_UNSET',
    { configuration: MARKED },
    {
      configuration: MARKED,
      firewall: readIptablesSave(
        '*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 10.0.0.100/32 -j MARK --set-xmark 0x7/0xffffffff\n',
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
    { firewall: INPUT('-m conntrack --ctstate INVALID -j DROP') },
    // Other addresses, ports and protocols are not the directors' matter.
    { firewall: INPUT('-d 10.0.0.2/32 -m conntrack --ctstate INVALID -j DROP') },
  ],
  [
    'DOCTOR_FIREWALL_INVALID',
    { firewall: INPUT('-p tcp -m multiport --dports 22,80:90 -m state --state INVALID -j DROP') },
    { firewall: INPUT('-p tcp -m multiport --dports 22,443 -m state --state INVALID -j DROP') },
  ],
  [
    'DOCTOR_FIREWALL_INVALID',
    {
      configuration: NAT,
      sysctls: FORWARDS,
      firewall: readIptablesSave(`*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD ${DROP_INVALID}\n`),
    },
    { firewall: readIptablesSave(`*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD ${DROP_INVALID}\n`) },
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
  [
    'DOCTOR_FIREWALL_BEATS',
    { firewall: INPUT('-p udp -m udp --dport 500:600 -j DROP') },
    { firewall: INPUT('-p udp -m udp --dport 540:600 -j DROP') },
  ],
  [
    'DOCTOR_FIREWALL_SYNC',
    { configuration: SYNC, firewall: INPUT('-d 224.0.0.0/4 -j DROP') },
    {
      configuration: SYNC,
      firewall: INPUT('-d 224.0.0.0/4 -p udp -m udp --dport 8848 -j ACCEPT', '-d 224.0.0.0/4 -j DROP'),
    },
  ],
  ['DOCTOR_CLOCK_FREE', { clock: { ...CLOCK, isSynchronised: false } }, { clock: CLOCK }],
  [
    'DOCTOR_CLOCK_STEPPED',
    { clock: { ...CLOCK, steppedMs: -3_600_000 } },
    { clock: { ...CLOCK, steppedMs: 900 } },
  ],
  [
    'DOCTOR_CLOCK_PARTNER',
    { clock: { ...CLOCK, partnerAheadMs: 1_001 } },
    { clock: { ...CLOCK, partnerAheadMs: -999 } },
  ],
  ['DOCTOR_PARTNER_SILENT', { pulse: { ...status(9_000), partner: 'silent' } }, { pulse: status() }],
  ['DOCTOR_ROLES', { pulse: { ...status(), partner: 'running' } }, { pulse: status() }],
  [
    'DOCTOR_ROLES',
    { pulse: { ...status(), state: 'standby', active: false } },
    { pulse: { ...status(), state: 'taking', active: false } },
  ],
  [
    'DOCTOR_PARTNER_FILE',
    { partner: { ...PARTNER_MACHINE, difference: 'statement 3, keepalive, has another value there' } },
    { partner: PARTNER_MACHINE },
  ],
  [
    'DOCTOR_PARTNER_VERSION',
    { partner: { ...PARTNER_MACHINE, version: '0.0.9' } },
    { partner: PARTNER_MACHINE },
  ],
  [
    'DOCTOR_WITNESS',
    { configuration: WITNESSED, witnesses: [{ name: 'gateway 10.0.0.254', problem: 'no answer' }] },
    { configuration: WITNESSED, witnesses: [{ name: 'gateway 10.0.0.254', roundTripMs: 0.3 }] },
  ],
  [
    'DOCTOR_WITNESS',
    { configuration: WITNESSED, witnesses: [{ name: 'gateway 10.0.0.254', roundTripMs: 500.1 }] },
    { configuration: WITNESSED, witnesses: [{ name: 'gateway 10.0.0.254', roundTripMs: 500 }] },
  ],
  ['DOCTOR_LOAD', { load: 4.1 }, { load: 4 }],
  ['DOCTOR_BEATS_LATE', { pulse: status(2_001) }, { pulse: status(2_000) }],
  [
    'DOCTOR_TABLE',
    { lvsd: { problems: ['an entry is refused'] } as unknown as NonNullable<Facts['lvsd']> },
    { lvsd: { problems: [] } as unknown as NonNullable<Facts['lvsd']> },
  ],
];
