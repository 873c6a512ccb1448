import type { LdapCheckSpec } from '../../check-model-protocols.js';
import { type CheckKind, checkWord } from './kind.js';
import { loginProblems, PASSWORD_FILE } from './login-words.js';

/** A directory server. */
export const ldapKind: CheckKind<LdapCheckSpec> = {
  kind: 'ldap',
  help: 'Passes when a simple bind is accepted, anonymous without `bind_dn`; with `search_base` when that entry is found too.',
  words: [
    checkWord({
      name: 'bind_dn',
      type: 'text',
      help: 'Binds by this name. The password goes over the wire as it is: use an entry that may do nothing.',
    }),
    PASSWORD_FILE,
    checkWord({
      name: 'search_base',
      type: 'text',
      help: 'An entry that must exist, such as dc=example,dc=org.',
    }),
  ],
  usesPort: true,
  build: (values, base) => ({
    kind: 'ldap',
    ...base,
    bindDn: values.text('bind_dn'),
    passwordFile: values.text('password_file'),
    searchBase: values.text('search_base'),
  }),
  problems: ({ bindDn, passwordFile }, tell) => {
    loginProblems({ user: bindDn, passwordFile }, 'bind_dn', tell);
    if (bindDn === undefined || passwordFile !== undefined) return;
    const text = 'bind_dn without password_file: servers take that for an anonymous bind, or refuse it';
    tell('error', 'bind_dn', 'CF_CHECK_LOGIN', text, 'write password_file = PATH, or delete bind_dn');
  },
};
