import type { DirectiveSpec } from './schema-types.js';

const levels = ['global'] as const;

/** Directives that stand outside all blocks: what outlasts a director, and who owns the kernel's state. */
export const stateDirectives: readonly DirectiveSpec[] = [
  {
    name: 'failover_state',
    levels,
    type: 'keyword',
    choices: ['sync', 'hash', 'none'],
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help: 'How open connections outlast their director. `sync`: the IPVS sync daemon tells the standby of each one. `hash`: nothing is told, equal tables choose equally; for `scheduler = mh`. `none`: they do not. Absent: sync with `syncdaemon = 1`, else none.',
  },
  {
    name: 'reset_guard',
    levels,
    type: 'boolean',
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help: '1: while a director takes a VIP, its own TCP resets from that VIP are held back, so that they end no connection which it does not know yet. Absent: 1 with failover_state sync or hash, else 0.',
  },
  {
    name: 'table_drift',
    levels,
    type: 'keyword',
    choices: ['revert', 'report'],
    default: 'revert',
    since: 'ours 0.1',
    use: 'live',
    help: "What happens when somebody else changes the suite's entries in the IPVS table. `revert`: it is told and put back; `report`: it is only told. Other entries are never touched.",
  },
  {
    name: 'manage_sysctls',
    levels,
    type: 'boolean',
    default: true,
    since: 'ours 0.1',
    use: 'live',
    help: "1: the kernel's settings that the directors need are set, and put back at the stop. 0: none is touched, the operator sets them.",
  },
];
