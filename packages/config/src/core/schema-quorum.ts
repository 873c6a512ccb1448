import type { DirectiveSpec } from './schema-types.js';

const levels = ['virtual', 'failover'] as const;
const MAXIMUM_INTEGER = 2147483647;

type Row = Pick<DirectiveSpec, 'name' | 'type' | 'help'> & Partial<Pick<DirectiveSpec, 'range'>>;

const ROWS: readonly Row[] = [
  {
    name: 'quorum',
    type: 'integer',
    range: [1, MAXIMUM_INTEGER],
    help: 'Weight of the servers that are up, by their weights in this file, from which on the service has its quorum. Below it `quorum_down` runs, and a `sorry_server` takes the new connections while the servers that are up keep theirs. Absent: 1, any server will do.',
  },
  {
    name: 'hysteresis',
    type: 'integer',
    range: [0, MAXIMUM_INTEGER],
    help: 'The quorum is lost below `quorum` less this, and reached again from `quorum` plus this on. Absent: 0.',
  },
  {
    name: 'quorum_up',
    type: 'text',
    help: 'Program with its arguments that lvsd runs on both directors when the quorum is reached, at the start too. Absolute path, split at blanks, no shell; limits and user are those of `notify_server`.',
  },
  {
    name: 'quorum_down',
    type: 'text',
    help: 'The same when the quorum is lost.',
  },
  {
    name: 'panic_threshold',
    type: 'integer',
    range: [0, 100],
    help: 'Percentage of the servers. While fewer of them are up, those that were up before stay in the table, whatever their checks say: a few of many would not bear the load of all. With a sorry_server that ends when none is up. Absent: 0, off.',
  },
];

/** When a service as a whole counts as up, and when its checks are not believed. */
export const quorumDirectives: readonly DirectiveSpec[] = ROWS.map((row) => ({
  ...row,
  levels,
  default: undefined,
  since: 'ours 0.1',
  use: 'live',
}));
