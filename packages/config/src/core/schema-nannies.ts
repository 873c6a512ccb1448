import type { DirectiveSpec } from './schema-types.js';

/** What `nanny_processes = auto` stands for: their memory is a few hundred MB, which a director can spare. */
export const AUTO_NANNY_PROCESSES = 64;

/** Directives that stand outside all blocks: nannies. */
export const nannyDirectives: readonly DirectiveSpec[] = [
  {
    name: 'nanny_processes',
    levels: ['global'],
    type: 'integer',
    choices: ['auto'],
    range: [0, 10_000],
    default: 'auto',
    since: 'ours 0.1',
    use: 'live',
    help: `Up to how many real services have a nanny process each; one that stands behind several virtual servers and is checked in the same way for each counts once, and has one. With more, a few processes share all of them, one for 2,500 checks a second, at most one for each processor, and 4, and \`ps\` shows \`nanny --shared N\`. \`auto\` is ${AUTO_NANNY_PROCESSES}; 0 shares always.`,
  },
  {
    name: 'probes_per_second',
    levels: ['global'],
    type: 'integer',
    range: [1, 1_000_000],
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help: 'Most checks that a director begins in a second, of all real services together: those beyond it wait for their turn. Where the checks could ask for more, a few processes share all real services, whatever nanny_processes says, for they alone can let a check wait; each gets its part by what it watches. Absent: no limit (20000 a second for each shared nanny, more than one can do).',
  },
];
