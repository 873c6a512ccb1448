import { checksWord } from './schema-checks.js';
import type { DirectiveSpec, Level } from './schema-types.js';
import { serverWatchDirectives } from './schema-watch.js';
import { serverWeighingDirectives } from './schema-weighing.js';

const MAXIMUM_INTEGER = 2147483647;

/** The row of `forward` at some levels. */
export function forward(levels: readonly Level[], help: string): DirectiveSpec {
  return {
    name: 'forward',
    levels,
    type: 'keyword',
    choices: ['nat', 'direct', 'tunnel'],
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help,
  };
}

function threshold(name: string, levels: readonly Level[], help: string): DirectiveSpec {
  return {
    name,
    levels,
    type: 'integer',
    unit: 'connections',
    range: [0, MAXIMUM_INTEGER],
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help,
  };
}

/** The row of `upper_threshold` at some levels. */
export function upperThreshold(levels: readonly Level[], where: string): DirectiveSpec {
  const help = `A server with as many connections gets no new ones; 0 = no limit. ${where}`;
  return threshold('upper_threshold', levels, help);
}

/** The row of `lower_threshold` at some levels. */
export function lowerThreshold(levels: readonly Level[], where: string): DirectiveSpec {
  const help = `An overloaded server gets new connections again once it has fewer than these; below upper_threshold. 0 = three quarters of that. ${where}`;
  return threshold('lower_threshold', levels, help);
}

/** All directives of server blocks. */
export const serverDirectives: readonly DirectiveSpec[] = [
  {
    name: 'address',
    levels: ['server'],
    type: 'host',
    default: '0.0.0.0',
    since: '0.1',
    use: 'live',
    ipv6: true,
    help: 'Address of the real server, IPv4 or IPv6; of the family of its service, except for tunnels.',
  },
  {
    name: 'active',
    levels: ['server'],
    type: 'boolean',
    default: false,
    since: '0.1',
    use: 'live',
    help: '0: never in the table, no monitor.',
  },
  {
    name: 'port',
    levels: ['server'],
    type: 'integer',
    range: [0, 65535],
    default: undefined,
    since: '0.8.4',
    use: 'live',
    help: 'Port of the real server, a number. Absent: the port of the virtual server as far as it is known at the `server` line, so write that first.',
  },
  {
    name: 'weight',
    levels: ['server'],
    type: 'integer',
    range: [0, 65535],
    default: 1,
    since: '0.1',
    use: 'live',
    help: 'Share of the connections; 0 = drained: in the table, but no new connections.',
  },
  forward(['server'], 'Forwarding method of this server. Absent: that of its virtual block.'),
  upperThreshold(['server'], 'Absent: that of the virtual block.'),
  lowerThreshold(['server'], 'Absent: that of the virtual block.'),
  ...serverWatchDirectives,
  ...serverWeighingDirectives,
  checksWord(
    ['server'],
    'As in virtual blocks, for the check blocks of this server. Absent: that of the virtual block.',
  ),
];
