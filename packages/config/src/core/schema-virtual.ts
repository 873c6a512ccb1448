import { SCHEDULER_FLAGS } from './scheduler-flags.js';
import { checksWord } from './schema-checks.js';
import { quorumDirectives } from './schema-quorum.js';
import { forward, lowerThreshold, upperThreshold } from './schema-server.js';
import type { DirectiveSpec } from './schema-types.js';
import { virtualWatchDirectives } from './schema-watch.js';
import { virtualWeighingDirectives } from './schema-weighing.js';

const levels = ['virtual', 'failover'] as const;
const MAXIMUM_INTEGER = 2147483647;
const MAXIMUM_SECONDS = 86400;

/** What the original knew, then what the kernel learned since. */
const SCHEDULERS = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'lblcr',
  'dh',
  'sh',
  'sed',
  'nq',
  'mh',
  'fo',
  'ovf',
  'twos',
] as const;

/** The IPVS service of a virtual block. */
const serviceDirectives: readonly DirectiveSpec[] = [
  {
    name: 'active',
    levels,
    type: 'boolean',
    default: false,
    since: '0.1',
    use: 'live',
    help: '0: the whole block is skipped.',
  },
  {
    name: 'address',
    levels,
    type: 'device-address',
    default: undefined,
    since: '0.1',
    use: 'live',
    ipv6: true,
    help: 'The virtual address (VIP), IPv4 or IPv6 without brackets, and the device that carries it, such as `10.0.0.9 eth0:1`. IPv6 addresses have no label: what follows the colon is dropped for them.',
  },
  {
    name: 'sorry_server',
    levels,
    type: 'address',
    default: undefined,
    since: '0.8.4',
    use: 'live',
    ipv6: true,
    help: 'Server of last resort, IPv4 or IPv6: in the table while no real server is up.',
  },
  {
    name: 'vip_nmask',
    levels,
    type: 'mask',
    default: undefined,
    since: '0.4',
    use: 'live',
    help: 'Network mask of an IPv4 VIP, for its broadcast address; 0.0.0.0 means none. The VIP itself is added as a single address, whatever this says.',
  },
  {
    name: 'fwmark',
    levels,
    type: 'integer',
    range: [0, MAXIMUM_INTEGER],
    default: 0,
    since: '0.5',
    use: 'live',
    help: 'Firewall mark: the service is keyed by it instead of VIP and port. 0 = off. Blocks of one mark are one service.',
  },
  {
    name: 'port',
    levels,
    type: 'port',
    range: [0, 65535],
    default: 80,
    since: '0.1',
    use: 'live',
    help: 'Virtual port, a number or a TCP service name. 0, every port, needs `persistent`.',
  },
  {
    name: 'persistent',
    levels,
    type: 'integer',
    unit: 'seconds',
    range: [0, MAXIMUM_INTEGER],
    default: 0,
    since: '0.3',
    use: 'live',
    help: 'How long a client stays with its server after its last connection; 0 = not at all.',
  },
  {
    name: 'pmask',
    levels,
    type: 'lenient-mask',
    default: undefined,
    since: '0.4',
    use: 'live',
    help: 'Clients whose addresses are equal under this mask go to one server; only with persistent. For an IPv6 service a prefix length, 1 to 128. Bad text is ignored.',
  },
  {
    name: 'scheduler',
    levels,
    type: 'keyword',
    choices: SCHEDULERS,
    default: 'wlc',
    since: '0.1',
    use: 'live',
    help: 'How connections are spread. The original knew the first eight of these; `twos` needs Linux 5.12 or newer.',
  },
  {
    name: 'protocol',
    levels,
    type: 'keyword',
    choices: ['tcp', 'udp', 'sctp'],
    default: 'tcp',
    since: '0.4',
    use: 'live',
    help: 'Protocol of the service. `sctp` is ours: write send_program for its check, else a TCP connection is tried.',
  },
];

/** What IPVS can do beyond the original's words. */
const kernelDirectives: readonly DirectiveSpec[] = [
  {
    name: 'scheduler_flags',
    levels,
    type: 'keywords',
    choices: SCHEDULER_FLAGS,
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help: 'Flags of the scheduler, with blanks between them. `sh-port` and `mh-port`: the port of the client counts too. `sh-fallback` and `mh-fallback`: another server is taken for one of weight 0. `flag-1` to `flag-3`: those of other schedulers, by number; sh and mh have no third one.',
  },
  {
    name: 'ops',
    levels,
    type: 'boolean',
    default: false,
    since: 'ours 0.1',
    use: 'live',
    help: '1: one-packet scheduling, each packet is spread for itself and no connection is kept. Only with `protocol = udp`.',
  },
  forward(
    levels,
    'Forwarding method of the servers of this block and of its sorry server. Absent: `network`.',
  ),
  upperThreshold(levels, 'Default of the servers of this block.'),
  lowerThreshold(levels, 'Default of the servers of this block.'),
];

/** The checks of a virtual block. */
const checkDirectives: readonly DirectiveSpec[] = [
  {
    name: 'send',
    keepsApostrophes: true,
    levels,
    type: 'text',
    default: undefined,
    since: '0.4',
    use: 'live',
    help: 'Text sent after the connect; `\\r \\n \\t \\\\ \\\' \\"` are translated. Only double quotes are taken off.',
  },
  {
    name: 'expect',
    keepsApostrophes: true,
    levels,
    type: 'text',
    default: undefined,
    since: '0.4',
    use: 'live',
    help: 'Text that the answer must begin with, or `*` for anything. With send_program: its whole output.',
  },
  {
    name: 'use_regex',
    levels,
    type: 'boolean',
    default: false,
    since: '0.7.4',
    use: 'live',
    help: '1: expect is an extended POSIX regular expression, searched anywhere in the answer.',
  },
  {
    name: 'send_program',
    levels,
    type: 'text',
    default: undefined,
    since: '0.5',
    use: 'live',
    help: "Program run instead of connect and send, split at blanks, no shell; %h is the server's address, %p its port.",
  },
  {
    name: 'timeout',
    levels,
    type: 'seconds',
    unit: 'seconds',
    range: [0, MAXIMUM_SECONDS],
    default: 10,
    since: '0.1',
    use: 'live',
    help: 'Time between two checks and limit of each step of a check. Must be above 0.',
  },
  {
    name: 'reentry',
    levels,
    type: 'seconds',
    unit: 'seconds',
    range: [0, MAXIMUM_INTEGER],
    default: 180,
    since: '0.1',
    use: 'live',
    help: 'How long a failed server must answer before it is used again.',
  },
  {
    name: 'quiesce_server',
    levels,
    type: 'boolean',
    default: false,
    since: '0.6',
    use: 'live',
    help: '1: a failed server gets weight 0 instead of being removed.',
  },
  {
    name: 'load_monitor',
    levels,
    type: 'text',
    default: undefined,
    since: '0.1',
    use: 'live',
    help: "none, uptime, rup, ruptime or a command that prints a server's load: it is run with the real server's address behind its words every 20 s, and the weight moves between the configured one and 10 times that.",
  },
  {
    name: 'client_monitor',
    levels,
    type: 'text',
    default: '/usr/sbin/nanny',
    since: '0.1',
    use: 'live',
    help: "Monitor program. Not used: the suite's own nanny runs.",
  },
];

/** Directives of blocks that serve no purpose here. */
const otherDirectives: readonly DirectiveSpec[] = [
  {
    name: 'start_cmd',
    levels,
    type: 'text',
    default: undefined,
    since: '0.4',
    use: 'fos',
    help: 'Command that starts a failover service.',
  },
  {
    name: 'stop_cmd',
    levels,
    type: 'text',
    default: undefined,
    since: '0.4',
    use: 'fos',
    help: 'Command that stops a failover service.',
  },
  {
    name: 'master',
    levels,
    type: 'host',
    default: undefined,
    since: '0.1',
    use: 'dead',
    help: 'Has no effect: copying of files was never finished.',
  },
  {
    name: 'dirs',
    levels,
    type: 'list',
    default: undefined,
    since: '0.1',
    use: 'dead',
    help: 'Has no effect: copying of files was never finished.',
  },
];

/** All directives of virtual and failover blocks, in the order of a formatted file. */
export const virtualDirectives: readonly DirectiveSpec[] = [
  ...serviceDirectives.filter((spec) => spec.name !== 'scheduler' && spec.name !== 'protocol'),
  ...checkDirectives.slice(0, 4),
  ...serviceDirectives.filter((spec) => spec.name === 'scheduler' || spec.name === 'protocol'),
  ...kernelDirectives,
  ...checkDirectives.slice(4, 6),
  ...virtualWatchDirectives,
  ...quorumDirectives,
  ...virtualWeighingDirectives,
  ...checkDirectives.slice(6),
  checksWord(
    ['virtual'],
    'With several check blocks: `all` of them must pass, or `any` one is enough. Default all.',
  ),
  ...otherDirectives,
];
