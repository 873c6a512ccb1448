import type { RedisCheckSpec } from '../../check-model-protocols.js';
import type { CheckKind } from './kind.js';
import { PASSWORD_FILE, pathProblem, plainProblem, userWord } from './login-words.js';

/** Redis or Valkey. */
export const redisKind: CheckKind<RedisCheckSpec> = {
  kind: 'redis',
  help: 'Passes when PING is answered by PONG, after AUTH where there is a password. A server that is loading its data fails.',
  words: [userWord('The user of AUTH; absent: the server has one password for everybody.'), PASSWORD_FILE],
  usesPort: true,
  build: (values, base) => ({
    kind: 'redis',
    ...base,
    user: values.text('user'),
    passwordFile: values.text('password_file'),
  }),
  problems: ({ user, passwordFile }, tell) => {
    if (passwordFile !== undefined) pathProblem('password_file', passwordFile, tell);
    if (user === undefined) return;
    plainProblem('user', user, tell);
    if (passwordFile !== undefined) return;
    tell(
      'error',
      'user',
      'CF_CHECK_LOGIN',
      'user without password_file',
      'write password_file = PATH beside it',
    );
  },
};
