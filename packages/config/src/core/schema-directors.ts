import type { DirectiveSpec } from './schema-types.js';

const levels = ['director'] as const;

/** Directives of a `director` block. The order of the blocks is the directors' rank. */
export const directorDirectives: readonly DirectiveSpec[] = [
  {
    name: 'public',
    levels,
    type: 'host',
    ipv6: true,
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help: 'Public address of this director. A node that holds it is the director of this block.',
  },
  {
    name: 'private',
    levels,
    type: 'host',
    ipv6: true,
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help: 'Address of this director on the second heartbeat path; the public one where it is absent. Between two directors there is a second path where both have one.',
  },
];
