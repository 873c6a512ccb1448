import type { DirectiveSpec } from './schema-types.js';

const levels = ['global'] as const;

/** Directives that stand outside all blocks: whose heartbeats count, and how sure pulse is of a partner's death. */
export const heartbeatDirectives: readonly DirectiveSpec[] = [
  {
    name: 'heartbeat_key',
    levels,
    type: 'text',
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help: "Key file of the suite's own authenticated heartbeats, as `lvsctl keygen` makes it; absolute path. Given: words of the original are neither sent nor believed. Absent: those words alone are spoken. Both directors need it.",
  },
  {
    name: 'heartbeat_encrypt',
    levels,
    type: 'boolean',
    default: false,
    since: 'ours 0.1',
    use: 'live',
    help: '1: heartbeats are encrypted too; 0: they can be read by anybody, but neither forged nor changed. Either form is taken from the partner. Needs `heartbeat_key` or `heartbeat_announce`.',
  },
  {
    name: 'heartbeat_announce',
    levels,
    type: 'boolean',
    default: false,
    since: 'ours 0.1',
    use: 'live',
    help: "1: without a `heartbeat_key`, this director announces the suite's own heartbeats behind the original's words; where both do, they agree on a key by themselves and their words count only while no authenticated heartbeat is heard. An original partner hears words as ever. It keeps out whoever cannot read the packets between the directors, no more. For a pair.",
  },
  {
    name: 'config_sync',
    levels,
    type: 'boolean',
    default: true,
    since: 'ours 0.1',
    use: 'live',
    help: '1: `lvsctl sync` copies this file between the directors, orders about servers are carried too, and pulse listens for the partner on TCP, at the port and the addresses of the heartbeats; 0: it does not. Needs `heartbeat_key`.',
  },
  {
    name: 'adaptive',
    levels,
    type: 'boolean',
    default: false,
    since: 'ours 0.1',
    use: 'live',
    help: '1: with two heartbeat paths that are measured well enough, the partner counts as dead earlier than after `deadtime` when all paths fall silent together, so early as `false_takeover_years` allows. Never later.',
  },
  {
    name: 'false_takeover_years',
    levels,
    type: 'integer',
    unit: 'years',
    range: [1, 1000],
    default: 10,
    since: 'ours 0.1',
    use: 'live',
    help: 'In so many years one takeover at most is to happen because heartbeats were lost or late; for `adaptive = 1` and `lvsctl advise`.',
  },
];
