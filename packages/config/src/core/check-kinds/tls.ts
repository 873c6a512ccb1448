import type { TlsCheckSpec } from '../../check-model.js';
import type { CheckKind } from './kind.js';
import { buildTls, TLS_WORDS, tlsProblems } from './tls-words.js';

/** The handshake alone. */
export const tlsKind: CheckKind<TlsCheckSpec> = {
  kind: 'tls',
  help: 'Passes when a TLS handshake comes about, for any protocol that begins with one.',
  words: TLS_WORDS,
  usesPort: true,
  build: (values, base) => ({ kind: 'tls', ...base, tls: buildTls(values) }),
  problems: ({ tls }, tell) => tlsProblems(tls, tell),
};
