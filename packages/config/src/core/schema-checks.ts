import type { DirectiveSpec, Level } from './schema-types.js';

/** The row of `checks` at some levels. */
export function checksWord(levels: readonly Level[], help: string): DirectiveSpec {
  return {
    name: 'checks',
    levels,
    type: 'keyword',
    choices: ['all', 'any'],
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help,
  };
}
