import type { DirectiveSpec } from './schema-types.js';

const levels = ['global'] as const;
const since = 'ours 0.1';
const use = 'live';
const MAXIMUM_SECONDS = 3600;

/** Directives that stand outside all blocks: who decides when the partners lose each other. */
export const witnessDirectives: readonly DirectiveSpec[] = [
  {
    name: 'witness',
    levels,
    type: 'witnesses',
    default: undefined,
    since,
    use,
    help: 'Third hosts that show whether this director still reaches the world, parted by commas, eight at most: `gateway ADDRESS` (ARP where it is a neighbour with IPv4, else ICMP echo), `ping ADDRESS`, `tcp ADDRESS:PORT`, `http URL`. Addresses only, no names; an IPv6 address with a port stands in brackets.',
  },
  {
    name: 'witness_policy',
    levels,
    type: 'keyword',
    choices: ['advise', 'require'],
    default: 'advise',
    since,
    use,
    help: '`advise`: a takeover without an answer of a witness is told and happens. `require`: no witness, no takeover; and a director that hears neither its partner nor a witness gives the addresses away.',
  },
  {
    name: 'witness_quorum',
    levels,
    type: 'integer',
    range: [1, 8],
    default: 1,
    since,
    use,
    help: 'How many of the witnesses must answer.',
  },
  {
    name: 'witness_interval',
    levels,
    type: 'seconds',
    unit: 'seconds',
    range: [0.01, MAXIMUM_SECONDS],
    default: undefined,
    since,
    use,
    help: 'Time from question to question of one witness, and how long one waits for its answer. Absent: nearly a quarter of deadtime less keepalive, 0.02 to 1 s. With `witness_policy = require` an interval that is too long for four questions in that time makes a takeover wait longer than deadtime.',
  },
  {
    name: 'fence_cmd',
    levels,
    type: 'text',
    default: undefined,
    since,
    use,
    help: 'Command that turns a silent partner off, run before its addresses are taken; exit status 0 means that it is off. Split at blanks, no shell, the program with its whole path.',
  },
  {
    name: 'fence_timeout',
    levels,
    type: 'seconds',
    unit: 'seconds',
    range: [0.1, MAXIMUM_SECONDS],
    default: 20,
    since,
    use,
    help: 'After this time fence_cmd is killed and has failed.',
  },
  {
    name: 'fence_failure',
    levels,
    type: 'keyword',
    choices: ['wait', 'take'],
    default: 'wait',
    since,
    use,
    help: '`wait`: where fence_cmd fails it is tried again, and nothing is taken until it succeeds. `take`: the addresses are taken all the same.',
  },
];
