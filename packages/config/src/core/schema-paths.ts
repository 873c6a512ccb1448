import type { DirectiveSpec } from './schema-types.js';

const levels = ['heartbeat_path'] as const;

/** Directives of a `heartbeat_path` block. */
export const pathDirectives: readonly DirectiveSpec[] = [
  {
    name: 'address',
    levels,
    type: 'director-address',
    ipv6: true,
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    repeats: true,
    help: 'Address of a director on this path, and which director: `primary` or `backup`, or the name of its block. One line for each director; all of one family.',
  },
  {
    name: 'multicast',
    levels,
    type: 'text',
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help: 'Multicast group to which heartbeats go on this path, such as 239.77.5.39 or ff02::4d05; without it each goes to the address of the other director. It never leaves the network (TTL 1). Each path has its own group.',
  },
];
