import type { ForwardingMethod } from '@piranha/config';
import type { Statement } from '../ledger.js';
import type { KeepalivedScope, KeepalivedWord } from './directives.js';

const METHODS: Readonly<Record<string, ForwardingMethod>> = { NAT: 'nat', DR: 'direct', TUN: 'tunnel' };

/** The method of `lb_kind` or `lvs_method`; `usual` where it is absent or cannot be understood. */
export function readForwarding(
  scope: KeepalivedScope,
  names: readonly KeepalivedWord[],
  usual: ForwardingMethod,
): ForwardingMethod {
  const statement = scope.last(...names);
  if (statement === undefined) return usual;
  const method = METHODS[(statement.words[1] ?? '').toUpperCase()];
  if (method === undefined) {
    scope.ledger.note(statement, `the method is none of NAT, DR and TUN: ${usual} is written`);
    return usual;
  }
  scope.ledger.carried(statement);
  if (statement.words.length > 2) noteTunnelType(scope, statement);
  return method;
}

function noteTunnelType({ ledger }: KeepalivedScope, statement: Statement): void {
  const [first, type, ...more] = statement.words.slice(2);
  if (first === 'type' && type === 'ipip' && more.length === 0) return;
  ledger.note(statement, 'tunnels are plain IPIP');
}
