import { isLocalHost, parseSmtpServer } from '@piranha/config';
import type { Ledger, Statement } from './ledger.js';

/**
 * True, with a note, for a mail server on another machine, which keepalived and ldirectord speak to in the clear; a text
 * that names no mail server is undefined.
 */
export function speaksPlainly(ledger: Ledger, statement: Statement, server: string): boolean | undefined {
  const parsed = parseSmtpServer(server);
  if (parsed === undefined) return undefined;
  if (isLocalHost(parsed.host)) {
    ledger.carried(statement);
    return false;
  }
  const reason =
    'smtp_tls = none is written, for mail went out in the clear: delete it where the server has TLS';
  ledger.note(statement, reason);
  return true;
}
