import type { PingCheckSpec } from '../../check-model-protocols.js';
import type { CheckKind } from './kind.js';

/** ICMP echo. */
export const pingKind: CheckKind<PingCheckSpec> = {
  kind: 'ping',
  help: 'Passes when an ICMP echo is answered, over IPv4 or IPv6. It says that the host runs, not that its service does.',
  words: [],
  usesPort: false,
  build: (_, base) => ({ kind: 'ping', ...base }),
};
