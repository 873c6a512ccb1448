import type { FixedCheckSpec } from '../../check-model-protocols.js';
import { type CheckKind, checkWord } from './kind.js';

const STATES: readonly FixedCheckSpec['state'][] = ['up', 'down'];

/** Always the same. */
export const fixedKind: CheckKind<FixedCheckSpec> = {
  kind: 'fixed',
  help: 'Asks nobody: always up, or always down.',
  words: [
    checkWord({ name: 'state', type: 'keyword', choices: STATES, default: 'up', help: 'Which of both.' }),
  ],
  usesPort: false,
  build: (values, base) => ({ kind: 'fixed', ...base, state: values.choice('state', STATES, 'up') }),
};
