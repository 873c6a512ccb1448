import type { DirectiveSpec, Level } from './schema-types.js';

const MAXIMUM_SECONDS = 86400;

type Row = Pick<DirectiveSpec, 'name' | 'type' | 'help'> &
  Partial<Pick<DirectiveSpec, 'range' | 'unit' | 'choices'>>;

const seconds = { type: 'seconds', unit: 'seconds' } as const;

/** What moves weights, in a virtual block for all its servers and in a server block for that one. */
const ROWS: readonly Row[] = [
  {
    name: 'slow_start',
    ...seconds,
    range: [0, MAXIMUM_SECONDS],
    choices: ['original'],
    help: 'A server that returns gets its weight in equal steps within so many seconds; 0 = at once; `original` = a 32nd, at least 1, and twice as much every 20 s. Absent: `original`; at once where an agent or misc_dynamic gives the weight.',
  },
  {
    name: 'agent',
    type: 'text',
    help: 'A feedback agent on the real server. `tcp:PORT` is connected to and writes one line: `75%`, or a number as `agent_number` says, for its share of the weight; `drain`, `maint` and `ready`; `down` and `up`. The words are those of HAProxy. `http:PORT/PATH` is a page, asked for with GET, whose first line says the same, as the number of a Kemp agent does; without a path it is `/load`.',
  },
  {
    name: 'agent_interval',
    ...seconds,
    range: [1, MAXIMUM_SECONDS],
    help: 'Wait between two questions to the agent. Absent: the interval of the checks, at least 1.',
  },
  {
    name: 'agent_number',
    type: 'keyword',
    choices: ['idle', 'load'],
    help: 'What a number without % means. `idle`: percent of the server that has nothing to do. `load`: percent that is busy; 101 is down and 102 maintenance, as with Kemp. Absent: `idle`; `load` for an agent that is asked by HTTP.',
  },
  {
    name: 'agent_smoothing',
    type: 'integer',
    range: [0, 95],
    help: 'Percent that the value before keeps with each answer: 0 takes each answer as it is. Absent: 50.',
  },
  {
    name: 'agent_change',
    type: 'integer',
    range: [1, 6000],
    help: 'Percent of the configured weight by which the weight may change in a minute. Absent: 100.',
  },
  {
    name: 'agent_hold',
    ...seconds,
    range: [0, MAXIMUM_SECONDS],
    help: 'How long the last answer counts when the agent is silent. Absent: 60.',
  },
  {
    name: 'agent_fade',
    ...seconds,
    range: [0, MAXIMUM_SECONDS],
    help: 'Within this time after agent_hold the weight goes back to the configured one. Absent: 60.',
  },
];

function spec(row: Row, levels: readonly Level[]): DirectiveSpec {
  return { ...row, levels, default: undefined, since: 'ours 0.1', use: 'live' };
}

export const virtualWeighingDirectives: readonly DirectiveSpec[] = ROWS.map((row) =>
  spec(row, ['virtual', 'failover']),
);

export const serverWeighingDirectives: readonly DirectiveSpec[] = ROWS.map((row) =>
  spec({ ...row, help: 'The same word of the virtual block, for this server alone.' }, ['server']),
);
