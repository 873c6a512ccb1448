import { programWords } from '@piranha/common';
import type { ProgramCheckSpec } from '../../check-model-protocols.js';
import { type CheckKind, checkWord } from './kind.js';
import { pathProblem } from './login-words.js';

const FORMS: readonly ProgramCheckSpec['arguments'][] = ['none', 'ldirectord'];

/** A program of the operator. */
export const programKind: CheckKind<ProgramCheckSpec> = {
  kind: 'program',
  help: 'Runs a program, without a shell. Passes when it ends with exit status 0 in time, and prints `output` where that is given.',
  words: [
    checkWord({
      name: 'program',
      type: 'text',
      help: "The program and its arguments, split at blanks. The words %h and %p become the real server's address and port.",
    }),
    checkWord({
      name: 'arguments',
      type: 'keyword',
      choices: FORMS,
      default: 'none',
      help: 'ldirectord: four more arguments, the address and port of the virtual server and of the real one.',
    }),
    checkWord({ name: 'output', type: 'text', help: 'All that it must print, without the last newline.' }),
    checkWord({
      name: 'misc_dynamic',
      type: 'boolean',
      default: false,
      help: "1: exit statuses 2 to 255 pass too, as with keepalived's MISC_CHECK, and give the server a weight of two less; 0 gives it the weight of its block.",
    }),
  ],
  required: ['program'],
  usesPort: true,
  build: (values, base) => ({
    kind: 'program',
    ...base,
    program: values.word('program'),
    arguments: values.choice('arguments', FORMS, 'none'),
    output: values.text('output'),
    miscDynamic: values.flag('misc_dynamic'),
  }),
  problems: ({ program }, tell) => pathProblem('program', programWords(program)[0] ?? '', tell),
};
