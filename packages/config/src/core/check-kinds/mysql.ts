import type { MysqlCheckSpec } from '../../check-model-protocols.js';
import { type CheckKind, checkWord } from './kind.js';
import { loginProblems, PASSWORD_FILE, userWord } from './login-words.js';

/** MySQL or MariaDB. */
export const mysqlKind: CheckKind<MysqlCheckSpec> = {
  kind: 'mysql',
  help: 'Passes when the greeting comes (protocol 10); with `user` when the login is accepted. Without a login a server may count the checks as broken connections and block the director: see max_connect_errors.',
  words: [
    userWord(
      'Logs in as this user, by mysql_native_password or caching_sha2_password; without password_file with an empty password.',
    ),
    PASSWORD_FILE,
    checkWord({
      name: 'get_server_public_key',
      type: 'boolean',
      default: false,
      help: "1: where caching_sha2_password wants the password itself, which it does after the server's start, it is sent under the server's public key, whoever answers with one. 0: the check fails then.",
    }),
  ],
  usesPort: true,
  build: (values, base) => ({
    kind: 'mysql',
    ...base,
    user: values.text('user'),
    passwordFile: values.text('password_file'),
    getServerPublicKey: values.flag('get_server_public_key'),
  }),
  problems: (spec, tell) => loginProblems(spec, 'user', tell),
};
