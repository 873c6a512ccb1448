import type { DirectiveSpec } from './schema-types.js';

const levels = ['global'] as const;

/** Directives that stand outside all blocks: moves that nobody is forced to. */
export const moveDirectives: readonly DirectiveSpec[] = [
  {
    name: 'failback',
    levels,
    type: 'keyword',
    choices: ['none', 'ready', 'always'],
    default: 'ready',
    since: 'ours 0.1',
    use: 'live',
    help: 'When a primary that was away gets the addresses back, by a planned handover of the backup. `none`: by hand only. `ready`: once it has said for `failback_hold` that it would serve as well as the backup. `always`: once it has been back without a failure for that time. Only between directors that tell each other how they are, by the authenticated heartbeats; with the 4-byte words, and with an original partner, it never happens.',
  },
  {
    name: 'failback_hold',
    levels,
    type: 'seconds',
    unit: 'seconds',
    range: [1, 86400],
    default: 60,
    since: 'ours 0.1',
    use: 'live',
    help: 'How long the primary must have been fit without a break before it gets the addresses back.',
  },
];
