import type { TcpCheckSpec } from '../../check-model.js';
import type { CheckKind } from './kind.js';
import { buildPayload, PAYLOAD_WORDS, payloadProblems } from './payload-words.js';

/** The bare connect, or an exchange of bytes. */
export const tcpKind: CheckKind<TcpCheckSpec> = {
  kind: 'tcp',
  help: 'Passes when a TCP connection comes about, and the reply is as expected where one is given; it is reset at once.',
  words: PAYLOAD_WORDS,
  usesPort: true,
  build: (values, base) => ({ kind: 'tcp', ...base, ...buildPayload(values) }),
  problems: payloadProblems,
};
