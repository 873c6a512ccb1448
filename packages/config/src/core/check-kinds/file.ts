import type { FileCheckSpec } from '../../check-model-protocols.js';
import { type CheckKind, checkWord } from './kind.js';
import { pathProblem } from './login-words.js';

/** Ten years. */
const LONGEST_AGE_SECONDS = 315_360_000;

/** A file of the director. */
export const fileKind: CheckKind<FileCheckSpec> = {
  kind: 'file',
  help: 'Passes while a file of the director is there; with `content` while it holds that text, with `max_age` while it was written lately.',
  words: [
    checkWord({ name: 'path', type: 'text', help: 'The file, on the director.' }),
    checkWord({ name: 'content', type: 'text', help: 'A text that must stand in its first 64 KiB.' }),
    checkWord({
      name: 'max_age',
      type: 'seconds',
      unit: 'seconds',
      range: [0.1, LONGEST_AGE_SECONDS],
      help: 'How long ago it may have been written.',
    }),
    checkWord({
      name: 'absent',
      type: 'boolean',
      default: false,
      help: '1: the other way round, the check passes while there is no such file.',
    }),
  ],
  required: ['path'],
  usesPort: false,
  build: (values, base) => ({
    kind: 'file',
    ...base,
    path: values.word('path'),
    content: values.text('content'),
    maximumAgeSeconds: values.optionalNumber('max_age'),
    absent: values.flag('absent'),
  }),
  problems: ({ path, absent, content, maximumAgeSeconds }, tell) => {
    pathProblem('path', path, tell);
    if (!absent || (content === undefined && maximumAgeSeconds === undefined)) return;
    const text = 'absent = 1 leaves no file to look at: content and max_age have no effect';
    tell('error', 'absent', 'CF_CHECK_TWICE', text, 'delete absent, or the others');
  },
};
