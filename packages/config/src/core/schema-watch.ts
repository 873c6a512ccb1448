import type { DirectiveSpec, Level } from './schema-types.js';

const MAXIMUM_SECONDS = 86400;
const MAXIMUM_INTEGER = 2147483647;
/** Shorter waits than this make a storm. */
const SHORTEST_WAIT_SECONDS = 0.01;

type Row = Pick<DirectiveSpec, 'name' | 'type' | 'help'> &
  Partial<Pick<DirectiveSpec, 'range' | 'unit' | 'choices' | 'ipv6'>>;

const wait = { type: 'seconds', unit: 'seconds', range: [SHORTEST_WAIT_SECONDS, MAXIMUM_SECONDS] } as const;
const count = { type: 'integer', range: [1, 1000] } as const;

/** How servers are watched, in a virtual block for all its servers and in a server block for that one. */
const ROWS: readonly Row[] = [
  {
    name: 'rise',
    ...count,
    help: 'Good checks in a row that bring a failed server back. Absent: as many as fill the time `reentry`.',
  },
  {
    name: 'fall',
    ...count,
    help: 'Failed checks in a row that take a server out. Absent: 1, the first one does.',
  },
  {
    name: 'interval',
    ...wait,
    help: 'Wait from the end of a check to the begin of the next. Absent: `timeout`, which is the limit of each step as well.',
  },
  {
    name: 'fast_interval',
    ...wait,
    help: 'The same between two states: after a failure that did not take the server out yet, and after a good check that did not bring it back yet. Absent: `interval`.',
  },
  {
    name: 'down_interval',
    ...wait,
    help: 'The same while the server is down and its checks fail. Absent: `interval`.',
  },
  {
    name: 'connect_timeout',
    ...wait,
    help: 'Limit of the connect. Absent: `timeout`, the limit of every step.',
  },
  {
    name: 'retry',
    type: 'integer',
    range: [0, 100],
    help: 'How often a check that failed is repeated before the failure counts; only while the server is not down. Absent: 0.',
  },
  {
    name: 'delay_before_retry',
    type: 'seconds',
    unit: 'seconds',
    range: [0, MAXIMUM_SECONDS],
    help: 'Wait before each repetition. Absent: 1.',
  },
  {
    name: 'initial_state',
    type: 'keyword',
    choices: ['up', 'down', 'unknown'],
    help: 'What a server is before its first check. `unknown`: out of the table, and the first check decides. `up`: in the table until it fails. `down`: it must serve its `rise` or `reentry` first. What the table held when lvsd came back counts more. Absent: `unknown`.',
  },
  {
    name: 'warmup',
    type: 'seconds',
    unit: 'seconds',
    range: [0, MAXIMUM_SECONDS],
    help: 'The first check begins at a random time within so many seconds, so that many nannies do not check in step. The first verdict comes later by as much. Absent: 0.',
  },
  {
    name: 'check_address',
    type: 'address',
    ipv6: true,
    help: "Address that is checked instead of the real server's own, IPv4 or IPv6; the table holds the server's own.",
  },
  {
    name: 'check_port',
    type: 'integer',
    range: [1, 65535],
    help: "Port that is checked instead of the real server's own.",
  },
];

/** `timeout` and `reentry` of a single server; the virtual block has rows of its own for them. */
const OLD_ROWS: readonly Row[] = [
  { name: 'timeout', ...wait, help: 'The same word of the virtual block, for this server alone.' },
  {
    name: 'reentry',
    type: 'seconds',
    unit: 'seconds',
    range: [0, MAXIMUM_INTEGER],
    help: 'The same word of the virtual block, for this server alone.',
  },
];

function spec(row: Row, levels: readonly Level[]): DirectiveSpec {
  return { ...row, levels, default: undefined, since: 'ours 0.1', use: 'live' };
}

export const virtualWatchDirectives: readonly DirectiveSpec[] = ROWS.map((row) =>
  spec(row, ['virtual', 'failover']),
);

export const serverWatchDirectives: readonly DirectiveSpec[] = [
  ...OLD_ROWS.map((row) => spec(row, ['server'])),
  ...ROWS.map((row) =>
    spec({ ...row, help: 'The same word of the virtual block, for this server alone.' }, ['server']),
  ),
];
