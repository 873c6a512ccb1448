import type { PostgresqlCheckSpec } from '../../check-model-protocols.js';
import { type CheckKind, checkWord } from './kind.js';
import { loginProblems, PASSWORD_FILE, userWord } from './login-words.js';

const METHODS: readonly PostgresqlCheckSpec['auth'][] = ['any', 'md5', 'scram'];

/** PostgreSQL. */
export const postgresqlKind: CheckKind<PostgresqlCheckSpec> = {
  kind: 'postgresql',
  help: 'Passes when the server takes connections, as pg_isready has it; with `password_file` when the login succeeds up to "ready for query".',
  words: [
    userWord('The user of the start message.'),
    checkWord({
      name: 'database',
      type: 'text',
      default: 'postgres',
      help: 'The database of the start message.',
    }),
    PASSWORD_FILE,
    checkWord({
      name: 'auth',
      type: 'keyword',
      choices: METHODS,
      default: 'any',
      help: 'How the password may be proved: md5, scram (SCRAM-SHA-256), or any of both. It is never sent as it is.',
    }),
  ],
  required: ['user'],
  usesPort: true,
  build: (values, base) => ({
    kind: 'postgresql',
    ...base,
    user: values.word('user'),
    database: values.word('database'),
    passwordFile: values.text('password_file'),
    auth: values.choice('auth', METHODS, 'any'),
  }),
  problems: (spec, tell) => {
    loginProblems(spec, 'user', tell);
    if (spec.auth === 'any' || spec.passwordFile !== undefined) return;
    const text = 'auth has no effect without password_file';
    tell('warning', 'auth', 'CF_CHECK_LOGIN', text, 'write password_file = PATH, or delete the line');
  },
};
