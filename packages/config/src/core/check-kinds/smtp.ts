import type { SmtpCheckSpec } from '../../check-model-protocols.js';
import { type CheckKind, checkWord } from './kind.js';
import { plainProblem } from './login-words.js';

const DEFAULT_NAME = 'piranha.invalid';

/** A mail server. */
export const smtpKind: CheckKind<SmtpCheckSpec> = {
  kind: 'smtp',
  help: 'Passes when the banner is 220 and the answer to EHLO is 250. Ends with QUIT; no mail is sent.',
  words: [
    checkWord({
      name: 'helo_name',
      type: 'text',
      default: DEFAULT_NAME,
      help: 'The name after EHLO. Some servers take none that they cannot resolve.',
    }),
  ],
  usesPort: true,
  build: (values, base) => ({ kind: 'smtp', ...base, heloName: values.text('helo_name') ?? DEFAULT_NAME }),
  problems: ({ heloName }, tell) => {
    plainProblem('helo_name', heloName, tell);
    if (!/\s/.test(heloName)) return;
    tell('error', 'helo_name', 'CF_CHECK_TEXT', 'helo_name holds a blank', 'write one host name');
  },
};
